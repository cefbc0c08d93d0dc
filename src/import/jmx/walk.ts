import { type DraftNote, type DraftStep, requestsIn } from '../draft.ts'
import { CONTROLLERS, type Made, NOTHING_FOR_IT, ONLY_STEPS, type Steps, together } from './controllers.ts'
import { isRequest } from './fates.ts'
import type { TestElement } from './plan-tree.ts'
import { type Making, requestOf } from './sampler.ts'
import { isScoped, pausesFor, type Scope, scopeWith } from './scope.ts'

/** What stands below a thread group, as steps. */
export function stepsOf(elements: readonly TestElement[], outer: Scope, making: Making): Steps {
  const all = eachOf(elements, outer, making)
  for (const [index, { once }] of all.entries()) {
    const before = all.slice(0, index).flatMap(({ steps }) => steps)
    if (requestsIn(once).length > 0 && requestsIn(before).length > 0)
      making.account.note(
        `${requestsIn(once)
          .map(({ name }) => `"${name}"`)
          .join(', ')} (once only): before all else here, and behind other requests in JMeter.`,
      )
  }
  return together(all)
}

function eachOf(elements: readonly TestElement[], outer: Scope, making: Making): readonly Made[] {
  const scope = scopeWith(outer, elements)
  return elements
    .filter((element) => element.enabled && !isScoped(element))
    .map((element) => {
      const made = isRequest(element) ? ONLY_STEPS(sampled(element, scope, making)) : controlled(element, scope, making)
      return { element, ...made }
    })
}

function sampled(sampler: TestElement, outer: Scope, making: Making): readonly DraftStep[] {
  const scope = scopeWith(outer, sampler.below)
  const request = requestOf(sampler, scope, making)
  if (!('why' in request)) return [...pausesFor(scope, making), request]
  making.fates.leave(sampler, request.why)
  return [leftOut(sampler, request.why)]
}

function leftOut({ tag, path }: TestElement, why: string): DraftNote {
  return { kind: 'note', text: `Left out: ${tag} "${path}": ${why}` }
}

function controlled(element: TestElement, scope: Scope, making: Making): Steps {
  const made = CONTROLLERS[element.tag]?.(element, () => eachOf(element.below, scope, making), making) ?? NOTHING_FOR_IT
  if (made !== NOTHING_FOR_IT || !element.below.some(holdsRequest)) return made
  making.fates.leave(element, `below "${element.name}" (${element.tag})`)
  return ONLY_STEPS([leftOut(element, 'a profile has nothing for it, nor for the requests below it')])
}

function holdsRequest(element: TestElement): boolean {
  return isRequest(element) || element.below.some(holdsRequest)
}
