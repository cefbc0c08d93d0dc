import type { Machine } from '../result/result.ts'
import { counted } from '../units.ts'
import type { Writing } from './writing.ts'

/** `AMD EPYC 7763, 4 cores, linux, Node 24` */
export function machineText({ cpu, cores, os, node }: Machine, name: Writing['name']): string {
  // Of another generator's run.
  if (cores === 0) return 'a machine that is not known'
  return `${name(cpu)}, ${counted(cores, 'core')}, ${name(os)}, Node ${name(node)}`
}
