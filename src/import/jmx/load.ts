import type { Account } from '../account.ts'
import type { DraftLoad } from '../draft.ts'
import { duration } from '../pauses.ts'
import type { TestElement } from './plan-tree.ts'
import { constantOf, type Variables } from './variables.ts'

const DAY = 86_400
/** Where a plan says only how often, and not how long. */
const DEFAULT_SECONDS = 60

export interface GroupLoad {
  readonly threads: number
  /** Seconds. */
  readonly ramp: number
  /** Seconds, the ramp among them; undefined where the plan has loops instead. */
  readonly seconds: number | undefined
  readonly loops: number | undefined
}

/** What a thread group says of the load. */
export function groupLoad({ props }: TestElement, variables: Variables, loopsOf: string): GroupLoad {
  const number = (text: string) => {
    const constant = constantOf(text.trim(), variables)
    return constant !== undefined && /^-?\d+$/.test(constant) ? Number(constant) : undefined
  }
  const scheduled = props.flag('ThreadGroup.scheduler')
  const seconds = scheduled ? number(props.text('ThreadGroup.duration')) : undefined
  const loops = number(loopsOf)
  return {
    threads: Math.min(100_000, Math.max(1, number(props.text('ThreadGroup.num_threads')) ?? 1)),
    ramp: Math.max(0, number(props.text('ThreadGroup.ramp_time')) ?? 0),
    seconds: seconds !== undefined && seconds > 0 ? seconds : undefined,
    loops: loops !== undefined && loops > 0 ? loops : undefined,
  }
}

/** All groups as one load, of which each scenario has its share by its weight. */
export function loadOf(
  groups: readonly { readonly name: string; readonly load: GroupLoad }[],
  account: Account,
): DraftLoad {
  const loads = groups.map(({ load }) => load)
  const users =
    Math.min(
      100_000,
      loads.reduce((sum, { threads }) => sum + threads, 0),
    ) || 1
  const ramp = Math.min(DAY / 2, Math.max(0, ...loads.map((load) => load.ramp)))
  const lengths = loads.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]))
  const length = Math.min(DAY, lengths.length > 0 ? Math.max(...lengths) : ramp + DEFAULT_SECONDS)
  tell(groups, { lengths, account })
  const whole = length - ramp
  const time = (seconds: number) => duration(seconds * 1_000, DAY * 1_000)
  if (ramp === 0 || users === 1) return { users, for: time(length) }
  const up = { users: 1, to: users, for: time(ramp) }
  return { stages: whole > 0 ? [up, { users, for: time(whole) }] : [up] }
}

function tell(
  groups: readonly { readonly name: string; readonly load: GroupLoad }[],
  { lengths, account }: { readonly lengths: readonly number[]; readonly account: Account },
): void {
  for (const { name, load } of groups)
    if (load.loops !== undefined)
      account.note(
        `"${name}" goes ${load.loops} times through; a profile says how long instead${lengths.length === 0 ? `, here ${DEFAULT_SECONDS}s: set it` : ''}.`,
      )
  if (groups.length > 1)
    account.note(
      'The thread groups are one load here, of which each scenario has its share by its weight; ramp and length are the longest of them.',
    )
}
