import { compileNoise, isQuietening, splitMatchers } from '../../../../core/alerts';
import { epochMs } from '../../../../core/ports';

const until = '2027-01-01T00:00:00Z';

describe('settings of noise control', () => {
	it('do nothing when nothing is set', () => {
		expect(isQuietening(compileNoise({}))).toBe(false);
	});

	it.each([
		[{ groupBy: [] }],
		[{ silences: [{ matchers: ['symbol=SHOP'], until }] }],
		[{ inhibit: [{ source: ['rule=a'], target: ['rule=b'] }] }],
		[{ quietHours: { intervals: [{ days: ['sat'] }] } }],
		[{ flapping: {} }],
		[{ budget: { messages: 1 } }],
	])('do something with %j', (settings) => {
		expect(isQuietening(compileNoise(settings))).toBe(true);
	});

	it('have defaults', () => {
		const policy = compileNoise({ groupBy: ['rule'], flapping: {}, budget: { messages: 20 } });
		expect(policy).toMatchObject({
			grouping: { waitMs: 30_000, intervalMs: 300_000 },
			flapping: { maxChanges: 4, windowMs: 600_000, calmForMs: 600_000 },
			budget: { perMs: 3_600_000, passCritical: true, words: '20 messages in 1h' },
		});
	});

	it.each<[unknown, string]>([
		['quiet', 'Noise control: this is "quiet"; expected object, received string.'],
		[{ groupby: ['rule'] }, '"groupby" is not a part of it. Did you mean "groupBy"?'],
		[
			{ groupWait: 'soon' },
			'"groupWait" is "soon"; use a duration such as "30s", "5m", "1h" or "1d".',
		],
		[{ groupBy: [''] }, '"groupBy.0" is ""'],
		[{ silences: [{ matchers: [], until }] }, '"silences.0.matchers" is []; name at least one'],
		[{ silences: [{ matchers: ['symbol=A'] }] }, '"silences.0.until" is missing; use ISO 8601'],
		[
			{ silences: [{ matchers: ['symbol=A'], until: 'tomorrow' }] },
			'"silences.0.until" is "tomorrow"; use ISO 8601 with a time zone',
		],
		[
			{ silences: [{ matchers: ['symbol=A'], from: until, until }] },
			`"silences.0.until" is "${until}", and it begins at "${until}"; use a time after that.`,
		],
		[
			{ silences: [{ matchers: ['SHOP'], until }] },
			'"silences.0.matchers" has "SHOP"; use a name, = or !=, and a value, such as "symbol=SHOP"',
		],
		[
			{ inhibit: [{ source: ['rule=~index.*'], target: ['rule=b'] }] },
			'"inhibit.0.source" has "rule=~index.*"; there are no regular expressions; use * for any text',
		],
		[{ inhibit: [{ source: ['rule=a'] }] }, '"inhibit.0.target" is missing'],
		[
			{ quietHours: { intervals: [{ times: [{ from: '22', to: '07:00' }] }] } },
			'"quietHours.intervals.0.times.0.from" is "22"; use a time of day such as "09:30".',
		],
		[{ quietHours: { intervals: [{}] } }, '"quietHours" never end'],
		[
			{
				quietHours: {
					intervals: [
						{ times: [{ from: '00:00', to: '12:00' }] },
						{ times: [{ from: '12:00', to: '24:00' }] },
					],
				},
			},
			'"quietHours" never end',
		],
		[
			{ quietHours: { intervals: [{ days: ['sat'] }], timezone: 'Mars/Base' } },
			'"quietHours.timezone" is "Mars/Base"; use an IANA name',
		],
		[{ flapping: { maxChanges: 0 } }, '"flapping.maxChanges" is 0; use a whole number from 1 on.'],
		[{ budget: {} }, '"budget.messages" is missing; use a whole number from 1 on.'],
		[{ budget: { messages: '20' } }, '"budget.messages" is "20"; use a whole number from 1 on.'],
	])('refuse %j', (settings, message) => {
		expect(() => compileNoise(settings)).toThrow(message);
	});
});

describe('matchers', () => {
	const alert = {
		ruleId: 'shop-cheap',
		ruleName: 'SHOP under 60, oversold',
		symbol: 'SHOP',
		severity: 'warning',
		labels: { desk: 'tech', rule: 'odd', 'a b': 'x' },
	} as const;
	const matches = (matcher: string) =>
		compileNoise({ silences: [{ matchers: [matcher], until }] }).silences[0]?.matches(alert);

	it.each([
		['symbol=SHOP', true],
		['symbol=shop', true],
		['symbol = "SHOP"', true],
		['symbol=SH', false],
		['symbol=S*P', true],
		['symbol=S?OP', true],
		['symbol!=SPY', true],
		['symbol!=SHOP', false],
		['rule=shop-cheap', true],
		['rule="SHOP under 60, oversold"', true],
		['rule=SHOP under*', true],
		['rule!=shop-cheap', false],
		['severity=warning', true],
		['desk=tech', true],
		['desk!=tech', false],
		['labels.rule=odd', true],
		['country=', true],
		['country=*', true],
		['country!=', false],
		['desk!=', true],
		['constructor=', true],
	])('%s: %s', (matcher, expected) => {
		expect(matches(matcher)).toBe(expected);
	});

	it.each([
		['symbol=SHOP, desk=tech', ['symbol=SHOP', 'desk=tech']],
		['rule="A, B",\nsymbol=SHOP', ['rule="A, B"', 'symbol=SHOP']],
		[' , ', []],
		['rule="open, b=c', ['rule="open', 'b=c']],
	])('of the text %j are parted by commas', (text, parts) => {
		expect(splitMatchers(text)).toEqual(parts);
	});
});

describe('quiet hours', () => {
	const endOf = (times: string, timezone: string, at: string, days?: string[]) => {
		const [from, to] = times.split('-');
		const { quietHours } = compileNoise({
			quietHours: { intervals: [{ times: [{ from, to }], ...(days && { days }) }], timezone },
		});
		const end = quietHours?.endsAt(epochMs(Date.parse(at)));
		return end === undefined ? undefined : new Date(end).toISOString();
	};

	it.each([
		['22:00-07:00', 'UTC', '2026-11-30T21:59:59.999Z', undefined],
		['22:00-07:00', 'UTC', '2026-11-30T22:00:00Z', '2026-12-01T07:00:00.000Z'],
		['22:00-07:00', 'UTC', '2026-12-01T06:59:59.999Z', '2026-12-01T07:00:00.000Z'],
		['22:00-07:00', 'UTC', '2026-12-01T07:00:00Z', undefined],
		['12:00-24:00', 'UTC', '2026-12-01T13:00:00Z', '2026-12-02T00:00:00.000Z'],
		// A night in which clocks go forward from 02:00 to 03:00, and one in which they go back.
		['22:00-07:00', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T05:00:00.000Z'],
		['22:00-07:00', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T06:00:00.000Z'],
		// 02:30 is skipped: it ends at the jump.
		['22:00-02:30', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00.000Z'],
	])('%s in %s: at %s they end %s', (times, timezone, at, end) => {
		expect(endOf(times, timezone, at)).toBe(end);
	});

	it('belong to the day they begin on', () => {
		const friday = ['fri'];
		expect(endOf('22:00-07:00', 'UTC', '2026-12-05T03:00:00Z', friday)).toBe(
			'2026-12-05T07:00:00.000Z',
		);
		expect(endOf('22:00-07:00', 'UTC', '2026-12-04T03:00:00Z', friday)).toBeUndefined();
	});
});
