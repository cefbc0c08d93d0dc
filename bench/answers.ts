// What every server of the bench answers: five headers and 13 bytes, or an item in 300 bytes of JSON, with a cookie for
// whoever brings none.

export const SMALL = 'Hello, world!'
export const ITEM_PATH = '/items/'
export const ITEM = itemOf(300)
export const COOKIE = 'session=5f2b9c1e7a; Path=/'

function itemOf(size: number): string {
  const item = { ok: true, id: 42, name: 'Lamp', price: { amount: 1299, currency: 'EUR' }, tags: ['a', 'b'], text: '' }
  return JSON.stringify({ ...item, text: 'x'.repeat(size - JSON.stringify(item).length) })
}
