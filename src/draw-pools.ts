import { faker } from '@faker-js/faker/locale/en'
import type { PoolName } from './profile/generated.ts'

/** As many as make repetitions rare among neighbours, and few enough to travel with a plan: some 50 kB each. */
const SIZE = 2_048

/**
 * The pools of texts by their names: the same for the same seed. Drawn before the load, since a single text takes some 50 µs,
 * and once, so that no worker waits for the library.
 */
export function drawPools(
  names: readonly PoolName[],
  seed: number,
): Readonly<Partial<Record<PoolName, readonly string[]>>> {
  const pools = names.map((name) => {
    // Anew for each, so that one does not depend on which others there are.
    faker.seed(seed)
    return [name, Array.from({ length: SIZE }, SOURCES[name])] as const
  })
  return Object.fromEntries(pools)
}

const SOURCES: Readonly<Record<PoolName, () => string>> = {
  'first-name': () => faker.person.firstName(),
  'last-name': () => faker.person.lastName(),
  'user-name': () => userName(`${faker.person.firstName()}.${faker.person.lastName()}`),
  address: () => faker.location.streetAddress(),
  city: () => faker.location.city(),
  postcode: () => faker.location.zipCode('#####'),
  country: () => faker.location.country(),
  phone: () => faker.phone.number({ style: 'international' }),
  company: () => faker.company.name(),
  word: () => faker.word.sample(),
}

function userName(name: string): string {
  return name.toLowerCase().replace(/[^a-z.]/g, '')
}
