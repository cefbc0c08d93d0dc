import type { Budget, Limit, MetricName } from '../../src/profile/profile.ts'

/** A budget as the profile's parser makes it. `share` and `amount` make it relative. */
export function budget(
  metric: MetricName,
  limit: number | { readonly share?: number; readonly amount?: number },
  of?: string,
): Budget {
  return {
    text: `${metric} ${of ?? ''} ${JSON.stringify(limit)}`,
    metric,
    of,
    limit: limitOf(limit),
    place: { file: 'loadgate.yml', line: 1, column: 1 },
  }
}

function limitOf(limit: number | { readonly share?: number; readonly amount?: number }): Limit {
  return typeof limit === 'number'
    ? { kind: 'absolute', value: limit }
    : { kind: 'baseline', share: limit.share, amount: limit.amount }
}
