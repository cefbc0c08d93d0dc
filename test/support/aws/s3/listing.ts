import { createHash } from 'node:crypto'
import { element, escapeXml } from '../xml.ts'

/** The answer of ListObjectsV2, without a delimiter. */
export function listing(
  objects: ReadonlyMap<string, Buffer>,
  query: URLSearchParams,
  bucket: string,
  page: number,
): string {
  const prefix = query.get('prefix') ?? ''
  const token = query.get('continuation-token')
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString()
  const most = Math.min(Number(query.get('max-keys') ?? 1000), page, 1000)
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
  const shown = keys.slice(0, most)
  const more = keys.length > most
  const url = query.get('encoding-type') === 'url'
  const text = (key: string) => (url ? encodeURIComponent(key).replaceAll('%2F', '/') : escapeXml(key))
  const contents = shown.map((key) => {
    const object = objects.get(key) as Buffer
    return element(
      'Contents',
      element('Key', text(key)) +
        element('LastModified', '2026-01-01T00:00:00.000Z') +
        element('ETag', escapeXml(etagOf(object))) +
        element('Size', String(object.length)) +
        element('StorageClass', 'STANDARD'),
    )
  })
  const head = [
    element('Name', bucket),
    element('Prefix', text(prefix)),
    element('KeyCount', String(shown.length)),
    element('MaxKeys', String(most)),
    url ? element('EncodingType', 'url') : '',
    element('IsTruncated', String(more)),
    more ? element('NextContinuationToken', Buffer.from(shown.at(-1) ?? '').toString('base64')) : '',
  ]
  const inside = [...head, ...contents].join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</ListBucketResult>`
}

export const etagOf = (object: Buffer): string => `"${createHash('md5').update(object).digest('hex')}"`
