import { wholeNumber } from '../plan/choice.ts'
import { firstAbove } from '../plan/first-above.ts'
import { standardNormal } from '../plan/pause.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { PoolName, Recipe } from '../profile/generated.ts'
import type { Render, Values } from './template.ts'

type Draws = Pick<Values, 'draw'>
type Numbers = Extract<Recipe, { from: 'numbers' }>

const DAY = 86_400_000

/** Made ready, so that a use of it draws a number or two, and looks up. */
export function compileRecipe(recipe: Recipe, pools: LoadPlan['pools']): Render {
  switch (recipe.from) {
    case 'pools': {
      const drawn = recipe.pools.map((name) => drawFrom(pools, name))
      const [only] = drawn
      return drawn.length === 1 && only ? only : (values) => drawn.map((draw) => draw(values)).join(' ')
    }
    case 'email': {
      const user = drawFrom(pools, 'user-name')
      return (values) => `${user(values)}.${hex(values)}@example.com`
    }
    case 'words': {
      const word = drawFrom(pools, 'word')
      return (values) => Array.from({ length: recipe.count }, () => word(values)).join(' ')
    }
    case 'list':
      return (values) => recipe.texts[wholeNumber(0, recipe.texts.length - 1, values.draw())]!
    case 'days':
      return (values) =>
        new Date(wholeNumber(recipe.first, recipe.last, values.draw()) * DAY).toISOString().slice(0, 10)
    case 'numbers': {
      const number = compileNumbers(recipe)
      return (values) => number(values).toFixed(recipe.decimals)
    }
  }
}

function drawFrom(pools: LoadPlan['pools'], name: PoolName): (values: Draws) => string {
  const texts = pools?.[name]
  if (texts === undefined || texts.length === 0) throw new Error(`the plan has no texts for ${name}`)
  return (values) => texts[wholeNumber(0, texts.length - 1, values.draw())]!
}

/** RFC 2606: nobody can have a mailbox there. With 32 bits, two of a million arrivals rarely have the same address. */
function hex(values: Draws): string {
  return wholeNumber(0, 0xffffffff, values.draw()).toString(16).padStart(8, '0')
}

function compileNumbers(numbers: Numbers): (values: Draws) => number {
  switch (numbers.shape) {
    case 'uniform': {
      const { low, high, decimals } = numbers
      const unit = 10 ** decimals
      return (values) => wholeNumber(Math.round(low * unit), Math.round(high * unit), values.draw()) / unit
    }
    case 'normal':
      return (values) => numbers.mean + numbers.deviation * standardNormal(values)
    case 'exponential':
      // The inverse of its distribution function.
      return (values) => -numbers.mean * Math.log(1 - values.draw())
    case 'zipf': {
      let sum = 0
      const cumulative = Float64Array.from({ length: numbers.ranks }, (_, index) => {
        sum += (index + 1) ** -numbers.exponent
        return sum
      })
      return (values) => Math.min(numbers.ranks, firstAbove(cumulative, values.draw() * sum) + 1)
    }
  }
}
