import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { messageOf } from '../../errors.ts'
import { decodeXml } from '../../xml-entities.ts'
import { brokenSource, type Source } from '../source.ts'

/** An element of XML with its own text; comments and instructions are nothing. */
export interface Element {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

/** Controllers in controllers: nobody has so many. */
const MOST_NESTED = 100

/**
 * XML from outside. A document type is refused, so that there is nothing that could be expanded or fetched; the five entities
 * of XML and characters by their number are decoded here. Throws LoadgateError 'usage' with the place.
 */
export function readXml({ text, file }: Source): Element {
  const xml = text.replace(/^\ufeff/, '')
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml.slice(0, Math.max(0, xml.search(/<[A-Za-z]/)) || 10_000)))
    throw brokenSource(file, 'it declares a document type', 'Remove the line with <!DOCTYPE>; JMeter writes none.')
  const sound = XMLValidator.validate(xml)
  if (sound !== true) {
    const { msg, line, col } = sound.err
    throw brokenSource(
      file,
      `this is not well-formed XML: ${msg.replace(/\.$/, '')}`,
      'Save the plan in JMeter again.',
      { line, column: col || 1 },
    )
  }
  try {
    const [root] = elementsOf(parser().parse(xml))
    if (root) return root
  } catch (cause) {
    throw brokenSource(file, messageOf(cause), `At most ${MOST_NESTED} levels of elements are read.`)
  }
  throw brokenSource(file, 'it is empty', 'Name a plan that JMeter saved.')
}

function parser(): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    trimValues: false,
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    cdataPropName: CDATA,
    maxNestedTags: MOST_NESTED,
  })
}

const CDATA = '#cdata'
const TEXT = '#text'
const ATTRIBUTES = ':@'

type Parsed = Readonly<Record<string, unknown>>

function elementsOf(nodes: readonly Parsed[]): readonly Element[] {
  return nodes.flatMap((node) => {
    const tag = Object.keys(node).find((key) => key !== ATTRIBUTES)
    if (tag === undefined || tag === TEXT || tag === CDATA) return []
    const inner = node[tag] as readonly Parsed[]
    const attributes = Object.entries((node[ATTRIBUTES] as Record<string, string> | undefined) ?? {})
    return [
      {
        tag,
        attributes: Object.fromEntries(attributes.map(([name, value]) => [name, decodeXml(String(value))])),
        children: elementsOf(inner),
        text: inner.map(textOf).join(''),
      },
    ]
  })
}

function textOf(node: Parsed): string {
  if (CDATA in node) return (node[CDATA] as readonly Parsed[]).map((inner) => String(inner[TEXT] ?? '')).join('')
  return TEXT in node ? decodeXml(String(node[TEXT])) : ''
}
