import { orEnvironment } from './grammar-values.ts'
import { PACE, readPace } from './read-pace.ts'
import { leaf } from './schema.ts'

export const Pace = leaf(readPace, {
  type: 'a range of factors such as 0.5..2, or normal(1, 0.3)',
  description:
    'A factor that each user draws once, by which all of its pauses are multiplied: 0.5 is twice as quick, 2 half as quick. Left out, all users are alike.',
  examples: ['0.5..2', 'normal(1, 0.3)'],
  json: { anyOf: [{ type: 'number', minimum: 0.1, maximum: 10 }, orEnvironment(PACE)] },
})
