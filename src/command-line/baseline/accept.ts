import { dirname, join } from 'node:path'
import { CHOICES } from '../../choices.ts'
import { EXIT, LoadgateError } from '../../errors.ts'
import { checkWritable, textIfThere, writeText } from '../../files.ts'
import { readFlags } from '../../flags.ts'
import { nearest } from '../../nearest.ts'
import type { Budget } from '../../profile/profile.ts'
import { loadProfile } from '../../profile-file.ts'
import { ACCEPT_FILE, type Acceptance, regressionOf } from '../../trust/acceptance.ts'
import { addAcceptance, type WrittenAcceptance } from '../../trust/add-acceptance.ts'
import { isAbout, raiseLimits } from '../../trust/raise-limits.ts'
import { dayOf } from '../../trust/read-acceptances.ts'
import type { Bytes } from '../../units.ts'
import type { BaselineDoors } from './baseline.ts'

const LARGEST: Bytes = 1_048_576
const NEEDED = ['metric', 'limit', 'reason', 'expires'] as const

/** `accept`: an entry for the reviewed file beside the profile, checked before anything is written. */
export async function acceptRegression(argv: readonly string[], { output }: BaselineDoors): Promise<number> {
  const { values, positionals } = readFlags(argv, { flags: [...NEEDED, 'of'], most: 1 })
  const profile = positionals[0] ?? CHOICES.profile.default
  const now = Date.now()
  const entry = entryOf(values, now)
  const { plan, secrets } = await loadProfile(profile, process.env)
  secrets.forEach(output.mask)
  const file = join(dirname(profile), ACCEPT_FILE)
  const { text, added } = addAcceptance(await textIfThere(file, LARGEST), entry, { file, now })
  if (added.expires < dayOf(now))
    throw new LoadgateError('usage', `\`--expires\` is "${added.expires}", which has gone by`, {
      hint: expiryHint(now),
    })
  const budget = budgetOf(added, plan.budgets)
  await checkWritable(file)
  await writeText(file, text)
  output.info(
    [
      `Added to ${file}: ${regressionOf(added)}, ${added.limitText} until ${added.expires}, for the budget "${budget.text}".`,
      'On a pull request it counts once that is accepted by its label, or is merged; side by side here with `--accepted`;',
      'against stored runs here at once. Review it like the profile.',
    ].join('\n'),
  )
  return EXIT.pass
}

function entryOf({ of, ...values }: Partial<Record<string, string>>, now: number): WrittenAcceptance {
  const { metric, limit, reason, expires } = values
  if (metric !== undefined && limit !== undefined && reason !== undefined && expires !== undefined)
    return { metric, of, limit, reason, expires }
  const missing = NEEDED.filter((name) => values[name] === undefined).map((name) => `--${name}`)
  throw new LoadgateError('usage', `baseline accept needs ${missing.join(', ')}`, {
    hint: `For example: loadgate baseline accept --metric p95 --of store --limit "+ 15 %" --reason "prices are checked twice" --expires ${soon(now)}`,
  })
}

function expiryHint(now: number): string {
  return `Name a later day, such as ${soon(now)}.`
}

/** A quarter of a year is long enough to mend most things. */
function soon(now: number): string {
  return dayOf(now + 90 * 24 * 3_600_000)
}

/** The budget it is for; an entry that does nothing is a mistake in it. */
function budgetOf(added: Acceptance, budgets: readonly Budget[]): Budget {
  const { accepted } = raiseLimits(budgets, [added])
  if (accepted[0] !== undefined) return accepted[0].budget
  const own = budgets.find((budget) => isAbout(added, budget, budgets))
  if (own !== undefined)
    throw new LoadgateError(
      'usage',
      `The budget "${own.text}", as it is written here, allows ${added.limitText} already`,
      {
        hint: 'Accept more than that, or nothing. A pull request that loosens a budget is judged by that of its base until its label accepts it, and then by its own, so that no entry is needed.',
      },
    )
  const relative = budgets.filter(({ limit }) => limit.kind === 'baseline')
  const known = relative.map(({ metric, of }) => regressionOf({ metric, of }))
  const meant = nearest(regressionOf(added), known)
  throw new LoadgateError('usage', `No budget relative to the baseline limits ${regressionOf(added)}`, {
    hint: meant ? `Did you mean ${meant}?` : `Limited are: ${known.join(', ') || 'none'}.`,
  })
}
