import type { Account } from '../account.ts'
import type { Shared } from '../draft.ts'
import { hasBody } from './payload.ts'
import { allOf, type TestElement } from './plan-tree.ts'

/** What has become of each element, for an account in which none is missing. */
export interface Fates {
  take(element: TestElement): void
  /** Left out, and all below it that nothing has been said of yet. */
  leave(element: TestElement, why: string): void
  /** Closes the account: what nobody has spoken of is left out for that. The headers are settled by those who send them. */
  settle(account: Account): readonly Shared[]
}

export const UNKNOWN = 'unknown to a profile'

/** Samplers are accounted for as requests, where they are made. */
export const isRequest = ({ tag }: TestElement) =>
  tag === 'HTTPSamplerProxy' || tag === 'HTTPSampler' || tag === 'HTTPSampler2'

export function createFates(plan: readonly TestElement[]): Fates {
  const fates = new Map<TestElement, string | undefined>()
  return {
    take: (element) => void fates.set(element, undefined),
    leave(element, why) {
      fates.set(element, why)
      for (const inner of allOf(element.below)) if (!fates.has(inner)) fates.set(inner, why)
    },
    settle(account) {
      const shared: Shared[] = []
      for (const element of allOf(plan)) {
        const why = fates.has(element) ? fates.get(element) : UNKNOWN
        const what = `${element.tag} "${element.path}"`
        if (isRequest(element)) {
          account.found('request')
          if (hasBody(element)) account.found('body')
          if (why !== undefined) account.leaveRequest(why, what, { headers: 0, bodies: hasBody(element) ? 1 : 0 })
          continue
        }
        account.found('element')
        if (why === undefined) account.taken('element')
        else account.leave('element', why, what)
        account.found('header', element.headers.length)
        shared.push(...element.headers.map((header) => ({ header, why: why ?? 'sent by no request' })))
      }
      return shared
    },
  }
}
