import { JsonError } from '../json-protocol.ts'

/** An answer of ECS that is an error of its model. */
export class EcsError extends JsonError {}

export const invalid = (message: string) => new EcsError('InvalidParameterException', message)
export const refused = (message: string) => new EcsError('ClientException', message)

/** Throws with the first message that is one. */
export function demand(faults: Iterable<string | undefined>): void {
  for (const fault of faults) if (fault !== undefined) throw invalid(fault)
}
