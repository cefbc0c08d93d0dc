import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { LoadgateError, messageOf } from '../errors.ts'
import { ASKS_LITTLE, explained, nameOf } from './explain.ts'

/** The outputs of a stack that is ready, by their names. Throws LoadgateError `usage` or `infrastructure`. */
export function stackOutputs(name: string, region: string): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient({ ...ASKS_LITTLE, region })
  const about = `Stack ${name} in ${region}`
  return explained({ about, permission: 'cloudformation:DescribeStacks' }, async () => {
    const { Stacks } = await client
      .send(new DescribeStacksCommand({ StackName: name }))
      .catch((error: unknown) => Promise.reject(isMissing(error) ? missing(about, region) : error))
    const stack = Stacks?.[0]
    if (stack === undefined) throw missing(about, region)
    checkReady(about, stack.StackStatus ?? 'unknown', stack.StackStatusReason)
    const outputs = stack.Outputs ?? []
    return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
  }).finally(() => client.destroy())
}

// CloudFormation has no name for it: "Stack with id X does not exist".
function isMissing(error: unknown): boolean {
  return nameOf(error) === 'ValidationError' && /does not exist/.test(messageOf(error))
}

function missing(about: string, region: string): LoadgateError {
  return new LoadgateError('usage', `${about} does not exist`, {
    hint: `Check its name, and that ${region} is the region it was made in.`,
  })
}

/** Once made, a stack has its outputs, also after an update that failed; not while they may change. */
function checkReady(about: string, status: string, reason: string | undefined): void {
  if (/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/.test(status)) return
  if (/_COMPLETE_CLEANUP_IN_PROGRESS$/.test(status)) return
  const why = reason ? `: ${reason.replace(/[\s\p{C}]+/gu, ' ').slice(0, 200)}` : ''
  throw new LoadgateError('infrastructure', `${about} is ${status}${why}`, {
    hint: /_IN_PROGRESS$/.test(status) ? 'Wait until it is done.' : 'Make it anew from infra/stack.yml, or update it.',
  })
}
