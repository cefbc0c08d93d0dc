// Distribution functions, by the formulas of Abramowitz & Stegun (A&S) and Numerical Recipes (NR). They are exact to about ten digits for
// up to a hundred million requests, where the logarithm of Γ, itself about 1e9, loses the rest.

/** ln Γ(x) for x > 0: Lanczos' sum with g = 7 and nine terms, relative error below 1e-14. */
export function logGamma(x: number): number {
  const base = x + 6.5
  const sum = LANCZOS.reduce((total, term, at) => total + term / (x - 1 + at + 1), LANCZOS_FIRST)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum)
}

const LANCZOS_FIRST = 0.99999999999980993
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** The regularised incomplete beta function I_x(a, b), a and b > 0, by Lentz's continued fraction (NR 6.4). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast on this side only; the other follows from I_x(a, b) = 1 - I_{1-x}(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return (front / a) * betaFraction(x, a, b)
}

function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let result = d
  // It takes about the square root of the larger parameter; a million covers 1e12 requests.
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    result *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    result *= c * d
    if (Math.abs(c * d - 1) < 1e-15) break
  }
  return result
}

/** P(X ≤ k) of X successes in n trials of probability p (A&S 26.5.24). */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n) return 1
  return incompleteBeta(1 - p, n - k, k + 1)
}

/** P(T > t) of Student's T with `freedom` degrees (A&S 26.5.27). */
export function studentAbove(t: number, freedom: number): number {
  if (t === Number.POSITIVE_INFINITY) return 0
  if (t === Number.NEGATIVE_INFINITY) return 1
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
  return t > 0 ? tail : 1 - tail
}

/**
 * The t that Student's T stays below with probability `p`, 0.5 ≤ p < 1, by Newton's method from 0 on. The tail is convex there,
 * so that each step ends before the quantile, until rounding ends them; 1 degree and p = 1 - 1e-12 take forty.
 */
export function studentQuantile(p: number, freedom: number): number {
  const peak = Math.exp(logGamma((freedom + 1) / 2) - logGamma(freedom / 2)) / Math.sqrt(freedom * Math.PI)
  let t = 0
  for (let step = 0; step < 100; step++) {
    const density = peak * (1 + (t * t) / freedom) ** (-(freedom + 1) / 2)
    const ahead = (studentAbove(t, freedom) - (1 - p)) / density
    if (!(ahead > 1e-14 * t)) break
    t += ahead
  }
  return t
}

/** The z that the normal variable exceeds with probability `level`, at most 5 %: its tail turned round by halving. */
export function normalExceededBy(level: number): number {
  let low = 1.5
  let high = 40
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (normalTail(middle) > level) low = middle
    else high = middle
  }
  return high
}

/** P(Z > z) for z ≥ 1.5, by Laplace's continued fraction (A&S 26.2.14). */
function normalTail(z: number): number {
  let fraction = z
  for (let k = 80; k > 0; k--) fraction = z + k / fraction
  return Math.exp((-z * z) / 2) / (Math.sqrt(2 * Math.PI) * fraction)
}

/**
 * Fisher's exact test, one-sided: the probability that, of the x + y failures among n + m requests, x or more fall among
 * the n by chance alone. Summed upwards by the ratio of neighbouring hypergeometric terms.
 */
export function fisherAbove(x: number, n: number, y: number, m: number): number {
  const failures = x + y
  const most = Math.min(failures, n)
  if (x <= Math.max(0, failures - m)) return 1
  let term = Math.exp(logChoose(n, x) + logChoose(m, y) - logChoose(n + m, failures))
  let sum = term
  for (let k = x; k < most; k++) {
    term *= ((n - k) * (failures - k)) / ((k + 1) * (m - failures + k + 1))
    sum += term
    // Beyond the hump the terms only shrink.
    if (term < sum * 1e-17 && k > (failures * n) / (n + m)) break
  }
  return Math.min(1, sum)
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}
