import { readAttributeName, readSelector } from '../../profile/read-selector.ts'
import type { DraftCapture } from '../draft.ts'
import { pointerOf } from '../json-path.ts'
import { identifierOf } from '../names.ts'
import { escapedPattern, isPattern, withOneGroup } from '../regex.ts'
import type { Fates } from './fates.ts'
import type { TestElement } from './plan-tree.ts'

export interface Extraction {
  readonly captures: Readonly<Record<string, DraftCapture>>
  /** Names in the plan and in the profile. */
  readonly names: readonly (readonly [string, string])[]
}

/** What extractors come to; the others are left out. */
export function capturesOf(extractors: readonly TestElement[], fates: Fates): Extraction {
  const captures: Record<string, DraftCapture> = {}
  const names: [string, string][] = []
  for (const extractor of extractors) {
    const found = EXTRACTORS[extractor.tag]?.(extractor)
    if (found === undefined || found.length === 0) {
      fates.leave(extractor, 'with a way to extract that a profile has not')
      continue
    }
    fates.take(extractor)
    for (const { name, capture } of found) {
      const own = identifierOf(name, 'value')
      captures[own] = capture
      names.push([name, own])
    }
  }
  return { captures, names }
}

type Found = readonly { readonly name: string; readonly capture: DraftCapture }[] | undefined

const EXTRACTORS: Readonly<Record<string, (extractor: TestElement) => Found>> = {
  RegexExtractor: ({ props }) => {
    const name = props.text('RegexExtractor.refname')
    const group = Number(/^\$(\d)\$$/.exec(props.text('RegexExtractor.template') || '$1$')?.[1])
    const regex = withOneGroup(props.text('RegexExtractor.regex'), group)
    if (name === '' || regex === undefined || !isFirst(props.text('RegexExtractor.match_number')) || !isPattern(regex))
      return undefined
    const where = props.text('RegexExtractor.useHeaders')
    const header = /^([A-Za-z-]+):\s*\(\.[*+]\)$/.exec(regex)?.[1]
    if (where === 'true') return header === undefined ? undefined : [{ name, capture: { header } }]
    return where === '' || where === 'false' ? [{ name, capture: { regex } }] : undefined
  },
  JSONPostProcessor: ({ props }) => {
    const split = (key: string) =>
      props
        .text(key)
        .split(';')
        .map((text) => text.trim())
    const [names, paths, matches] = [
      split('JSONPostProcessor.referenceNames'),
      split('JSONPostProcessor.jsonPathExprs'),
      split('JSONPostProcessor.match_numbers'),
    ]
    const found = names.map((name, index) => ({
      name,
      pointer: pointerOf(paths[index] ?? ''),
      first: isFirst(matches[index] ?? ''),
    }))
    return found.every(({ name, pointer, first }) => name !== '' && pointer !== undefined && first)
      ? found.map(({ name, pointer }) => ({ name, capture: { json: pointer as string } }))
      : undefined
  },
  // By a CSS selector.
  HtmlExtractor: ({ props }) => {
    const get = (key: string) => props.text(`HtmlExtractor.${key}`)
    return isFirst(get('match_number')) ? ofPage(get('refname'), get('expr'), get('attribute')) : undefined
  },
  XPathExtractor: ({ props }) => {
    const query = props.text('XPathExtractor.xpathQuery').trim()
    const [, tag, tests = '', attribute] =
      /^\/\/(\w+)((?:\[@[\w-]+=(?:"[^"]*"|'[^']*')\])*)\/@([\w-]+)$/.exec(query) ?? []
    if (tag === undefined || attribute === undefined) return undefined
    return ofPage(props.text('XPathExtractor.refname'), `${tag}${tests.replaceAll('[@', '[')}`, attribute)
  },
  BoundaryExtractor: ({ props }) => {
    const name = props.text('BoundaryExtractor.refname')
    const [left, right] = [props.text('BoundaryExtractor.lboundary'), props.text('BoundaryExtractor.rboundary')]
    const inBody = /^(?:false)?$/.test(props.text('BoundaryExtractor.useHeaders'))
    if (name === '' || left === '' || !inBody || !isFirst(props.text('BoundaryExtractor.match_number')))
      return undefined
    const regex = `${escapedPattern(left)}([\\s\\S]*${right === '' ? '' : '?'})${escapedPattern(right)}`
    return isPattern(regex) ? [{ name, capture: { regex } }] : undefined
  },
}

/** One element and an attribute of it, as a profile can look for them. */
function ofPage(name: string, selector: string, attribute: string): Found {
  const known = 'value' in readSelector(selector) && 'value' in readAttributeName(attribute)
  return name !== '' && known ? [{ name, capture: { html: selector, attribute } }] : undefined
}

/** JMeter's 0 is any, which may as well be the first one; -1 is all. */
function isFirst(text: string): boolean {
  return /^(?:0|1|)$/.test(text.trim())
}
