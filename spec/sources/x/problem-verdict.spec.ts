import { describe, expect, it } from '@jest/globals';
import { problemsIn, problemVerdict } from '../../../sources/x/problem-verdict.js';

describe('problemVerdict', () => {
  it.each([
    [{ disconnect_type: 'InvalidRules' }, 'client_error', 'invalid_rules'],
    [{ disconnect_type: 'OfTomorrow' }, 'stream_interrupted', 'operational_disconnect'],
    [{ connection_issue: 'RuleConfigurationIssue', title: 'ConnectionException' }, 'client_error', 'no_rules'],
    [{ connection_issue: 'RulesInvalidIssue' }, 'client_error', 'invalid_rules'],
    [{ connection_issue: 'ProvisioningSubscription' }, 'server_error', 'provisioning_subscription'],
    [{ connection_issue: 'TooManyConnections' }, 'rate_limited', 'too_many_connections'],
    [
      { detail: 'This stream is currently at the maximum allowed connection limit.' },
      'rate_limited',
      'too_many_connections',
    ],
    [{ title: 'ConnectionException' }, 'rate_limited', 'too_many_connections'],
    [
      { reason: 'client-not-enrolled', type: 'https://api.x.com/2/problems/client-forbidden' },
      'authentication_error',
      'client_not_enrolled',
    ],
    [
      { reason: 'official-client-forbidden', type: 'https://api.x.com/2/problems/client-forbidden' },
      'authentication_error',
      'client_forbidden',
    ],
    [{ title: 'CreditsDepleted' }, 'client_error', 'credits_depleted'],
    [{ code: 88 }, 'rate_limited', 'rate_limited'],
  ])('reads %j', (members, errorType, code) => {
    expect(problemVerdict(members)).toMatchObject({ errorType, code });
  });

  it.each([
    'https://api.twitter.com/2/problems/',
    'https://api.x.com/2/problems/',
    'https://api.twitter.com/labs/1/problems/',
  ])('matches the slug below %s', (prefix) => {
    expect(problemVerdict({ type: `${prefix}usage-capped` })?.code).toBe('usage_capped');
    expect(problemVerdict({ type: `${prefix}rule-cap` })?.code).toBe('rule_cap');
  });

  it('knows nothing of the new and the plain', () => {
    for (const members of [
      {},
      { title: 'Unauthorized', type: 'about:blank' },
      { type: 'https://api.x.com/2/problems/of-tomorrow' },
    ]) {
      expect(problemVerdict(members)).toBeUndefined();
    }
  });

  it('does not take a connection issue of tomorrow for the limit of connections', () => {
    expect(problemVerdict({ title: 'ConnectionException', connection_issue: 'OfTomorrow' })).toBeUndefined();
  });
});

describe('problemsIn', () => {
  it('gives the errors that are objects, or the value itself', () => {
    expect(problemsIn({ errors: [{ a: 1 }, null, 'b'] })).toEqual([{ a: 1 }]);
    expect(problemsIn({ title: 'a' })).toEqual([{ title: 'a' }]);
  });
});
