import { brokenSource, type Source } from '../source.ts'
import { type Element, readXml } from './xml.ts'

/** An element of a test plan with those that JMeter shows below it. */
export interface TestElement {
  readonly tag: string
  /** As its author called it. */
  readonly name: string
  readonly enabled: boolean
  readonly props: Props
  /** Of a Header Manager. */
  readonly headers: readonly Header[]
  readonly below: readonly TestElement[]
  /** Names of all that it stands in, and its own. */
  readonly path: string
}

export interface Header {
  readonly name: string
  readonly value: string
}

/** The properties of an element by their names. */
export interface Props {
  /** Empty where there is none. */
  text(name: string): string
  flag(name: string): boolean
  /** An element that is a property itself. */
  inner(name: string): Props | undefined
  /** The elements of a collection, `elementProp` within `elementProp`s too. */
  list(name: string): readonly Props[]
  /** The texts of a collection. */
  texts(name: string): readonly string[]
}

/** The test plan of JMeter 2.13 to 5.x: `jmeterTestPlan`, and in it an element and its `hashTree`, alternately. */
export function readPlan(source: Source): { readonly elements: readonly TestElement[]; readonly version: number } {
  const root = readXml(source)
  if (root.tag !== 'jmeterTestPlan')
    throw brokenSource(
      source.file,
      `its root is <${root.tag}> and not <jmeterTestPlan>`,
      'Name a .jmx file that JMeter saved.',
    )
  const [tree] = root.children
  return { elements: tree ? elementsIn(tree, '') : [], version: Number.parseFloat(root.attributes.jmeter ?? '5') }
}

function elementsIn(tree: Element, above: string): readonly TestElement[] {
  const found: TestElement[] = []
  for (const [index, element] of tree.children.entries()) {
    if (element.tag === 'hashTree') continue
    const next = tree.children[index + 1]
    const name = element.attributes.testname || element.tag
    const path = above === '' ? name : `${above} / ${name}`
    const props = propsOf(element)
    found.push({
      tag: element.tag,
      name,
      enabled: element.attributes.enabled !== 'false',
      props,
      headers: element.tag === 'HeaderManager' ? headersIn(props) : [],
      below: next?.tag === 'hashTree' ? elementsIn(next, path) : [],
      path,
    })
  }
  return found
}

function headersIn(props: Props): readonly Header[] {
  const given = props.list('HeaderManager.headers')
  return given.map((header) => ({ name: header.text('Header.name'), value: header.text('Header.value') }))
}

function propsOf(element: Element): Props {
  const byName = new Map(element.children.map((child) => [nameOf(child), child]))
  const items = (name: string): readonly Element[] => {
    const at = byName.get(name)
    // `elementProp` Arguments holds the collection that is meant.
    return at?.tag === 'elementProp'
      ? (at.children.find(({ tag }) => tag === 'collectionProp')?.children ?? [])
      : (at?.children ?? [])
  }
  return {
    text: (name) => textOf(byName.get(name)),
    flag: (name) => textOf(byName.get(name)) === 'true',
    inner: (name) => {
      const at = byName.get(name)
      return at && propsOf(at)
    },
    list: (name) => items(name).map(propsOf),
    texts: (name) => items(name).map(({ text }) => text),
  }
}

/** JMeter writes a floating-point number as an element with a name and a value in it. */
function nameOf({ attributes, children }: Element): string {
  return attributes.name ?? children.find(({ tag }) => tag === 'name')?.text ?? ''
}

function textOf(element: Element | undefined): string {
  return element?.children.find(({ tag }) => tag === 'value')?.text ?? element?.text ?? ''
}

/** Those that are enabled and below nothing that is not. */
export function enabledIn(elements: readonly TestElement[]): readonly TestElement[] {
  return elements.flatMap((element) => (element.enabled ? [element, ...enabledIn(element.below)] : []))
}

/** All elements, each before those below it. */
export function allOf(elements: readonly TestElement[]): readonly TestElement[] {
  return elements.flatMap((element) => [element, ...allOf(element.below)])
}
