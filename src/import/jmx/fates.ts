import type { Account } from '../account.ts'
import { allOf, type TestElement } from './plan-tree.ts'

/** What has become of each element, for an account in which none is missing. */
export interface Fates {
  take(element: TestElement): void
  /** Left out, and all below it that nothing has been said of yet. */
  leave(element: TestElement, why: string): void
  /** A header of a Header Manager is sent. */
  send(manager: TestElement, header: string): void
  /** Closes the account: what nobody has spoken of is left out for that. */
  settle(account: Account): void
}

export const UNKNOWN = 'unknown to a profile'

/** Samplers are accounted for as requests, where they are made. */
export const isRequest = ({ tag }: TestElement) =>
  tag === 'HTTPSamplerProxy' || tag === 'HTTPSampler' || tag === 'HTTPSampler2'

export function createFates(plan: readonly TestElement[]): Fates {
  const fates = new Map<TestElement, string | undefined>()
  const sent = new Map<TestElement, Set<string>>()
  const settleHeaders = (element: TestElement, account: Account) => {
    const names = headersOf(element).map(({ name }) => name)
    for (const name of names) {
      if (sent.get(element)?.has(name)) account.taken('header')
      else account.leave('header', fates.get(element) ?? 'sent by no request', name)
    }
  }
  return {
    take: (element) => void fates.set(element, undefined),
    leave(element, why) {
      fates.set(element, why)
      for (const inner of allOf(element.below)) if (!fates.has(inner)) fates.set(inner, why)
    },
    send(manager, header) {
      sent.set(manager, (sent.get(manager) ?? new Set()).add(header))
    },
    settle(account) {
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
        account.found('header', headersOf(element).length)
        if (why === undefined) account.taken('element')
        else account.leave('element', why, what)
        settleHeaders(element, account)
      }
    },
  }
}

export function headersOf({ tag, props }: TestElement): readonly { readonly name: string; readonly value: string }[] {
  if (tag !== 'HeaderManager') return []
  const given = props.list('HeaderManager.headers')
  return given.map((header) => ({ name: header.text('Header.name'), value: header.text('Header.value') }))
}

/** Whether a sampler sends one of its own: parameters of anything but GET, HEAD and OPTIONS, raw text, or files. */
export function hasBody({ props }: TestElement): boolean {
  const bodiless = /^(?:GET|HEAD|OPTIONS|)$/i.test(props.text('HTTPSampler.method'))
  const raw = props.flag('HTTPSampler.postBodyRaw')
  const given = props.list('HTTPsampler.Arguments').length > 0 && (raw || !bodiless)
  return given || props.list('HTTPsampler.Files').length > 0
}
