import { expect, test } from '@jest/globals'
import { tagsOf } from './html-tags.ts'

const shown = (page: string) =>
  tagsOf(page).map(({ name, attributes }) => [name, ...attributes.map((pair) => pair.join('='))].join(' '))

test.each([
  ['a < b <3 <b>c</b>', ['b', '/b']],
  [`<a href="x>y" title='"<i>' data-x=1 hidden>`, [`a href=x>y title="<i> data-x=1 hidden=`]],
  ['<!doctype html><img/src=x/onerror=alert(1)>', ['!doctype html=', 'img src=x/onerror=alert(1)']],
  ['<script>"<b>" </scripty> </script ><i>', ['script', '/script', 'i']],
  ['<!-- <b> --><u', ['!--', 'u']],
])('%j', (page, tags) => {
  expect(shown(page)).toEqual(tags)
})
