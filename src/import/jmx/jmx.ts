import { readTarget } from '../../profile/scalars.ts'
import type { Account } from '../account.ts'
import type { DraftScenario, Imported, Shared } from '../draft.ts'
import { byChance } from '../flow.ts'
import { cleanName, unique } from '../names.ts'
import { createSecrets, isSecret, type Secrets, tellSecrets } from '../secrets.ts'
import { type Source, stemOf } from '../source.ts'
import { createUploads } from '../uploads.ts'
import { dataOf } from './data.ts'
import { createFates, type Fates, isRequest } from './fates.ts'
import { groupLoad, loadOf } from './load.ts'
import { allOf, enabledIn, readPlan, type TestElement } from './plan-tree.ts'
import { whereTo } from './sampler.ts'
import { NO_SCOPE, type Scope, scopeWith } from './scope.ts'
import type { Variables } from './variables.ts'
import { stepsOf } from './walk.ts'

/** A test plan of JMeter 2.13 to 5.x: a scenario for each thread group. */
export function importJmx(source: Source, account: Account): Imported {
  const { elements: plan, version } = readPlan(source)
  const fates = createFates(plan)
  const secrets = createSecrets()
  const given = givenIn(plan, secrets)
  const groups = groupsIn(plan, NO_SCOPE).map((found) => ({
    ...found,
    load: groupLoad(found.group, given, loopsOf(found.group)),
  }))
  const users = groups.reduce((sum, { load }) => sum + load.threads, 0)
  const { data, files, columns } = dataOf(plan, { source, users, variables: given, fates, account })
  const variables = { ...given, columns: new Map([...given.columns, ...columns]) }
  const base = baseOf(plan, variables, source, account)

  const uploads = createUploads(account, source.neighbour, files)
  const names = new Set<string>()
  const all = groups.flatMap(({ group, scope, load }): readonly DraftScenario[] => {
    const own = { variables: { ...variables, captured: new Map<string, string>() }, names: new Set<string>() }
    const { once, steps } = stepsOf(group.below, scope, { ...own, base, secrets, uploads, version, fates, account })
    const name = cleanName(group.name, 'users')
    const scenario = { name, weight: load.threads, ...(once.length > 0 ? { once } : {}), steps }
    return byChance(scenario) ?? [scenario]
  })
  const scenarios = all.map(({ name, weight, ...rest }) => ({
    name: unique(cleanName(name, 'users'), names),
    ...(all.length > 1 ? { weight } : {}),
    ...rest,
  }))
  const shared = settle(plan, fates, account)
  tellSecrets(secrets, account)
  const load = loadOf(
    groups.map(({ group, load }) => ({ name: cleanName(group.name, 'users'), load })),
    account,
  )
  return {
    draft: { name: cleanName(stemOf(source.file), 'plan'), target: base, load, data, scenarios },
    files: [...files, ...uploads.files],
    shared,
  }
}

/** What stands for itself, wherever it is; and then the account. */
function settle(plan: readonly TestElement[], fates: Fates, account: Account): readonly Shared[] {
  for (const element of allOf(plan)) if (!element.enabled) fates.leave(element, 'disabled')
  for (const element of enabledIn(plan)) {
    if (['TestPlan', 'Arguments', 'ThreadGroup'].includes(element.tag)) fates.take(element)
    if (element.tag !== 'CookieManager') continue
    if (element.props.list('CookieManager.cookies').length === 0) fates.take(element)
    else fates.leave(element, 'with cookies of its own, which are not sent')
  }
  tellCookies(enabledIn(plan), account)
  return fates.settle(account)
}

/** Loadgate keeps the cookies of each user for its life. */
function tellCookies(elements: readonly TestElement[], account: Account): void {
  const managers = elements.filter(({ tag }) => tag === 'CookieManager')
  if (managers.length === 0)
    account.note('The plan has no HTTP Cookie Manager, without which JMeter sends no cookies back; here they are sent.')
  if (managers.some(({ props }) => props.flag('CookieManager.clearEachIteration')))
    account.note('JMeter forgets the cookies after each time through; here a user keeps them.')
}

/** User Defined Variables, of the plan itself and of elements of their own; secrets among them by variables of the environment. */
function givenIn(plan: readonly TestElement[], secrets: Secrets): Variables {
  const all = enabledIn(plan)
    .flatMap(({ tag, props }) => {
      if (tag === 'TestPlan') return props.list('TestPlan.user_defined_variables')
      return tag === 'Arguments' ? props.list('Arguments.arguments') : []
    })
    .map((argument) => [argument.text('Argument.name'), argument.text('Argument.value')] as const)
  const hidden = all.filter(([name, value]) => !value.includes('${') && isSecret(name, value))
  return {
    constants: new Map(all),
    columns: new Map(hidden.map(([name, value]) => [name, secrets.variable(name, value)])),
    captured: new Map(),
  }
}

/** Thread groups with what is beside and above them. */
function groupsIn(
  elements: readonly TestElement[],
  outer: Scope,
): readonly { readonly group: TestElement; readonly scope: Scope }[] {
  const scope = scopeWith(outer, elements)
  return elements
    .filter(({ enabled }) => enabled)
    .flatMap((element) => {
      if (element.tag === 'ThreadGroup') return [{ group: element, scope }]
      return element.tag === 'TestPlan' ? groupsIn(element.below, scope) : []
    })
}

/** How often each thread goes through: a property of the Loop Controller that the group holds. */
function loopsOf(group: TestElement): string {
  return group.props.inner('ThreadGroup.main_controller')?.text('LoopController.loops') ?? ''
}

const NOWHERE = 'http://127.0.0.1:8080'

/** The address that was asked for, or the one with the most requests. */
function baseOf(plan: readonly TestElement[], variables: Variables, source: Source, account: Account): string {
  if (source.target !== undefined) return source.target
  const origins = originsIn(plan, NO_SCOPE, variables).filter((origin) => 'value' in readTarget(origin))
  const counts = Map.groupBy(origins, (origin) => origin)
  const base = [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0]
  if (base === undefined) account.note(`The plan names no host; "target" is ${NOWHERE}: set it.`)
  return base ?? NOWHERE
}

function originsIn(elements: readonly TestElement[], outer: Scope, variables: Variables): readonly string[] {
  const scope = scopeWith(outer, elements)
  return elements
    .filter(({ enabled }) => enabled)
    .flatMap((element) => {
      const { origin } = isRequest(element) ? whereTo(element, scope, variables) : { origin: undefined }
      return [...(origin === undefined ? [] : [origin]), ...originsIn(element.below, scope, variables)]
    })
}
