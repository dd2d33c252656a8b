import { isHolding, noNoise } from '../../../../core/alerts';
import {
	accountOf,
	clockOf,
	lineOfHeld,
	lineOfTold,
	playNoise,
	readTimeline,
} from '../../../fakes/playNoise';

const lines = (text: string) =>
	text
		.split(';')
		.map((line) => line.trim())
		.filter((line) => line !== '');

type Row = [sentence: string, settings: object, timeline: string, told: string, ledger?: string];

const runRow = (_: string, settings: object, timeline: string, told: string, ledger = '') => {
	const play = playNoise(settings, readTimeline(timeline));
	expect({
		told: play.told.map(lineOfTold),
		ledger: play.ledger.map(lineOfHeld),
	}).toEqual({ told: lines(told), ledger: lines(ledger) });
};

describe('nothing set', () => {
	it.each<Row>([
		[
			'tells each alert as it comes',
			{},
			'09:00 SHOP fires, AAPL fires; 09:05 SHOP reminds; 09:06 SHOP ends',
			'09:00 AAPL; 09:00 SHOP; 09:05 SHOP~; 09:06 SHOP.',
		],
	])('%s', runRow);
});

describe('groups', () => {
	const groups = { groupBy: ['rule'], groupWait: '30s', groupInterval: '5m' };
	it.each<Row>([
		[
			'waits for others, and tells all of them as one',
			groups,
			'09:00 SHOP fires; 09:00:10 AAPL fires; 09:00:30 MSFT fires',
			'09:00:30 SHOP+AAPL+MSFT together',
		],
		['tells an alert that stays alone as it is', groups, '09:00 SHOP fires', '09:00:30 SHOP'],
		[
			'tells what comes later after the interval, and only that',
			groups,
			'09:00 SHOP fires, AAPL fires; 09:01 MSFT fires; 09:02 TSLA fires',
			'09:00:30 AAPL+SHOP together; 09:05:30 MSFT+TSLA together',
		],
		[
			'waits again for the first of a group that was quiet for an interval',
			groups,
			'09:00 SHOP fires; 09:20 AAPL fires; 09:20:10 MSFT fires',
			'09:00:30 SHOP; 09:20:30 AAPL+MSFT together',
		],
		[
			'keeps rules apart',
			groups,
			'09:00 SHOP fires, b/SHOP fires, AAPL fires',
			'09:00:30 SHOP; 09:00:30 AAPL+SHOP together',
		],
		[
			'groups by a label, whatever the rule',
			{ ...groups, groupBy: ['desk'] },
			'09:00 a/SHOP {desk=tech} fires, b/AAPL {desk=tech} fires, a/XOM {desk=oil} fires, a/F fires',
			'09:00:30 F; 09:00:30 SHOP+AAPL together; 09:00:30 XOM',
		],
		[
			'makes one message of everything when it is grouped by nothing',
			{ ...groups, groupBy: [] },
			'09:00 a/SHOP fires, b/AAPL fires',
			'09:00:30 SHOP+AAPL together',
		],
		[
			'never puts alerts for different recipients together',
			groups,
			'09:00 SHOP {to=email:me} fires, AAPL {to=email:you} fires, F {to=email:me} fires',
			'09:00:30 AAPL; 09:00:30 F+SHOP together',
		],
		[
			'groups the alerts of one moment without waiting',
			{ ...groups, groupWait: '0s' },
			'09:00 SHOP fires, AAPL fires',
			'09:00 AAPL+SHOP together',
		],
		[
			'says with each end who of the message still fires, and with the last that it is over',
			groups,
			'09:00 SHOP fires, AAPL fires, MSFT fires; 09:10 AAPL ends; 09:20 SHOP ends, MSFT ends',
			'09:00:30 AAPL+MSFT+SHOP together; 09:10:30 AAPL. together, reminder, still MSFT+SHOP; 09:20:30 MSFT.+SHOP. together, resolved',
		],
		[
			'ends an alert that was told alone by itself',
			groups,
			'09:00 SHOP fires; 09:10 SHOP ends, AAPL fires',
			'09:00:30 SHOP; 09:10:30 SHOP.; 09:10:30 AAPL',
		],
		[
			'tells what came and went while it waited, the newest standing for both',
			groups,
			'09:00 SHOP fires, AAPL fires; 09:00:20 SHOP ends',
			'09:00:30 AAPL+SHOP.×2 together',
			'group SHOP×2 released',
		],
		[
			'takes the newest of a rule and symbol that fires again within the interval',
			groups,
			'09:00 SHOP fires; 09:01 SHOP ends; 09:02 SHOP fires; 09:03 SHOP ends; 09:04 SHOP fires',
			'09:00:30 SHOP; 09:05:30 SHOP×4, closes r/SHOP since 09:00',
			'group SHOP×4 released',
		],
		[
			'ends a message silently when its alerts do',
			groups,
			'09:00 SHOP fires, AAPL fires; 09:10 SHOP vanishes, AAPL vanishes; 09:20 SHOP ends',
			'09:00:30 AAPL+SHOP together; 09:20:30 SHOP.',
		],
	])('%s', runRow);
});

describe('silences', () => {
	const silence = (matchers: string[], more: object = {}) => ({
		silences: [{ matchers, until: '2026-11-30T10:00:00Z', comment: 'earnings day', ...more }],
	});
	it.each<Row>([
		[
			'mutes what matches, and tells it at the end if it still goes on',
			silence(['symbol=SHOP']),
			'09:00 SHOP fires, AAPL fires',
			'09:00 AAPL; 10:00 SHOP',
			'silence SHOP released',
		],
		[
			'tells nothing of what came and went meanwhile',
			silence(['symbol=SHOP']),
			'09:00 SHOP fires; 09:30 SHOP ends',
			'',
			'silence SHOP×2 over',
		],
		[
			'tells nothing of what ended without being told',
			silence(['symbol=SHOP']),
			'09:00 SHOP fires; 09:30 SHOP vanishes',
			'',
			'silence SHOP over',
		],
		[
			'tells at its end that what was told before is over',
			silence(['symbol=SHOP'], { from: '2026-11-30T09:00:00Z' }),
			'08:00 SHOP fires; 09:30 SHOP ends',
			'08:00 SHOP; 10:00 SHOP.',
			'silence SHOP released',
		],
		[
			'tells so too though it began and ended once more unheard',
			silence(['symbol=SHOP'], { from: '2026-11-30T09:00:00Z' }),
			'08:00 SHOP fires; 09:10 SHOP ends; 09:20 SHOP fires; 09:30 SHOP ends',
			'08:00 SHOP; 10:00 SHOP.×3, closes r/SHOP since 08:00',
			'silence SHOP×3 released',
		],
		[
			'tells the newest of what fired several times',
			silence(['symbol=SHOP']),
			'09:00 SHOP fires; 09:10 SHOP vanishes; 09:20 SHOP fires; 09:30 SHOP fires',
			'10:00 SHOP×2',
			'silence SHOP over; silence SHOP×2 released',
		],
		[
			'makes a reminder of what nobody heard of the first they hear',
			silence(['symbol=SHOP']),
			'09:00 SHOP fires; 09:30 SHOP reminds',
			'10:00 SHOP×2',
			'silence SHOP×2 released',
		],
		[
			'does not begin before its time, and does not include its last instant',
			silence(['symbol=SHOP'], { from: '2026-11-30T09:00:00Z' }),
			'08:59:59 SHOP fires; 10:00 a/SHOP fires',
			'08:59:59 SHOP; 10:00 SHOP',
		],
		[
			'goes on under the next silence when one ends',
			{
				silences: [
					{ matchers: ['symbol=SHOP'], until: '2026-11-30T10:00:00Z' },
					{ matchers: ['rule=Rule r'], until: '2026-11-30T11:00:00Z' },
				],
			},
			'09:00 SHOP fires',
			'11:00 SHOP',
			'silence SHOP released',
		],
		[
			'matches rules by name and symbols by pattern, all matchers at once',
			silence(['rule="Rule r"', 'symbol=S*', 'desk!=oil']),
			'09:00 SHOP fires, AAPL fires, SPY {desk=oil} fires, b/SHOP fires',
			'09:00 SHOP; 09:00 AAPL; 09:00 SPY; 10:00 SHOP',
			'silence SHOP released',
		],
		[
			'looks at alerts when their group is told',
			{ ...silence(['symbol=SHOP']), groupBy: ['rule'] },
			'09:00 SHOP fires, AAPL fires; 09:59:50 MSFT fires',
			'09:00:30 AAPL; 10:00:20 SHOP+MSFT together',
			'silence SHOP released',
		],
	])('%s', runRow);
});

describe('inhibition', () => {
	const inhibit = (more: object = {}) => ({
		inhibit: [{ source: ['rule=index'], target: ['rule!=index'], ...more }],
	});
	it.each<Row>([
		[
			'mutes its targets while the source fires, and tells those that go on when it is over',
			inhibit(),
			'09:00 index/SPY fires; 09:01 SHOP fires; 09:02 AAPL fires, MSFT fires; 09:30 AAPL ends; 10:00 index/SPY ends',
			'09:00 SPY; 10:00 SPY.; 10:00 SHOP; 10:00 MSFT',
			'inhibit SHOP released; inhibit AAPL×2 over; inhibit MSFT released',
		],
		[
			'mutes within one moment, whatever the order',
			inhibit(),
			'09:00 AAPL fires, index/SPY fires, SHOP fires; 09:10 AAPL vanishes, SHOP vanishes',
			'09:00 SPY',
			'inhibit AAPL over; inhibit SHOP over',
		],
		[
			'lets go when the source ends without being told',
			inhibit(),
			'09:00 index/SPY fires, SHOP fires; 09:10 index/SPY vanishes',
			'09:00 SPY; 09:10 SHOP',
			'inhibit SHOP released',
		],
		[
			'mutes only where the labels agree, and takes missing ones for equal',
			inhibit({ equal: ['desk'] }),
			'09:00 index/SPY {desk=tech} fires; 09:01 SHOP {desk=tech} fires, XOM {desk=oil} fires, F fires; 09:02 index/DIA fires; 09:03 GM fires',
			'09:00 SPY; 09:01 F; 09:01 XOM; 09:02 DIA',
			'inhibit SHOP waiting; inhibit GM waiting',
		],
		[
			'mutes for a while after a source that is over with its event',
			inhibit({ muteFor: '30m' }),
			'09:00 index/SPY fires; 09:00:01 index/SPY vanishes; 09:10 SHOP fires; 09:20 index/SPY fires; 09:51 AAPL fires',
			'09:00 SPY; 09:20 SPY; 09:50 SHOP; 09:51 AAPL',
			'inhibit SHOP released',
		],
		[
			'is not muted by what it would mute itself',
			{ inhibit: [{ source: ['severity=critical'], target: ['rule=*'] }] },
			'09:00 a/SPY {severity=critical} fires, b/DIA {severity=critical} fires, SHOP fires',
			'09:00 SPY; 09:00 DIA',
			'inhibit SHOP waiting',
		],
		[
			'is done by a source that is silenced itself',
			{
				...inhibit(),
				silences: [{ matchers: ['rule=index'], until: '2026-11-30T12:00:00Z' }],
			},
			'09:00 index/SPY fires; 09:01 SHOP fires; 10:00 index/SPY ends',
			'10:00 SHOP',
			'silence SPY×2 over; inhibit SHOP released',
		],
		[
			'reaches back over the wait of a group',
			{ ...inhibit(), groupBy: ['rule'] },
			'09:00 SHOP fires, AAPL fires; 09:00:20 index/SPY fires',
			'09:00:50 SPY',
			'inhibit AAPL waiting; inhibit SHOP waiting',
		],
	])('%s', runRow);
});

describe('quiet hours', () => {
	const quiet = (
		more: object = {},
		intervals: object[] = [{ times: [{ from: '22:00', to: '07:00' }] }],
	) => ({
		quietHours: { intervals, ...more },
	});
	it.each<Row>([
		[
			'tells what came meanwhile in one digest at their end',
			quiet(),
			'21:59 SHOP fires; 22:00 AAPL fires; 23:30 b/MSFT fires; d2 06:59:59 TSLA fires; d2 07:00 F fires',
			'21:59 SHOP; d2 07:00 AAPL+MSFT+TSLA in a digest; d2 07:00 F',
			'quietHours AAPL released; quietHours MSFT released; quietHours TSLA released',
		],
		[
			'includes what came and went, the newest standing for all',
			quiet(),
			'23:00 SHOP fires, AAPL fires; 23:10 SHOP ends; 23:20 AAPL vanishes; d2 01:00 SHOP fires; d2 02:00 SHOP ends',
			'd2 07:00 AAPL+SHOP.×4 in a digest',
			'quietHours AAPL released; quietHours SHOP×4 released',
		],
		[
			'tells a single alert as it is',
			quiet(),
			'23:00 SHOP fires',
			'd2 07:00 SHOP',
			'quietHours SHOP released',
		],
		[
			'holds critical alerts too',
			quiet(),
			'23:00 SHOP {severity=critical} fires',
			'd2 07:00 SHOP',
			'quietHours SHOP released',
		],
		[
			'lets critical ones pass, if that is wished',
			quiet({ passCritical: true }),
			'23:00 SHOP {severity=critical} fires, AAPL fires',
			'23:00 SHOP; d2 07:00 AAPL',
			'quietHours AAPL released',
		],
		[
			'makes a digest for each list of recipients',
			quiet(),
			'23:00 SHOP {to=email:me} fires, AAPL {to=email:you} fires, F {to=email:me} fires',
			'd2 07:00 AAPL; d2 07:00 F+SHOP in a digest',
			'quietHours AAPL released; quietHours F released; quietHours SHOP released',
		],
		[
			'knows days, and ends once where intervals touch',
			quiet({}, [{ times: [{ from: '22:00', to: '07:00' }] }, { days: ['sat', 'sun'] }]),
			'd5 23:00 SHOP fires; d6 12:00 AAPL fires; d7 23:30 MSFT fires',
			'd8 07:00 SHOP+AAPL+MSFT in a digest',
			'quietHours SHOP released; quietHours AAPL released; quietHours MSFT released',
		],
		[
			'are those of their time zone',
			quiet({ timezone: 'America/New_York' }),
			'02:59 SHOP fires; 03:00 AAPL fires; 11:59 MSFT fires; 12:00 F fires',
			'02:59 SHOP; 12:00 AAPL+MSFT in a digest; 12:00 F',
			'quietHours AAPL released; quietHours MSFT released',
		],
		[
			'ends the message of a digest when its alerts end, and no others',
			quiet(),
			'21:00 AAPL fires; 23:00 SHOP fires, MSFT fires, AAPL reminds; d2 08:00 SHOP ends; d2 08:10 AAPL ends; d2 08:20 MSFT ends',
			'21:00 AAPL; d2 07:00 AAPL~+MSFT+SHOP in a digest; d2 08:00 SHOP. together, reminder, still MSFT; d2 08:10 AAPL.; d2 08:20 MSFT. together, resolved',
			'quietHours AAPL released; quietHours MSFT released; quietHours SHOP released',
		],
		[
			'tells the end of what was told before apart from the digest',
			quiet(),
			'21:00 A fires, B fires; 23:00 A ends, C fires; 23:10 D fires',
			'21:00 A; 21:00 B; d2 07:00 A.; d2 07:00 C+D in a digest',
			'quietHours A released; quietHours C released; quietHours D released',
		],
		[
			'makes no digest where nothing is new',
			quiet(),
			'21:00 A fires, B fires, C fires; 23:00 A reminds, B reminds, C ends',
			'21:00 A; 21:00 B; 21:00 C; d2 07:00 A~; d2 07:00 B~; d2 07:00 C.',
			'quietHours A released; quietHours B released; quietHours C released',
		],
		[
			'says which episode is over where another began since',
			quiet(),
			'21:00 A fires; 23:00 A ends; 23:10 A fires, B fires',
			'21:00 A; d2 07:00 A×2+B in a digest, closes r/A since 21:00',
			'quietHours A×2 released; quietHours B released',
		],
		[
			'says that a message of several is over where its last alert began anew',
			{ ...quiet(), groupBy: ['rule'], groupWait: '0s', groupInterval: '1s' },
			'21:00 A fires, B fires; 21:10 B ends; 23:00 A ends; 23:10 A fires',
			'21:00 A+B together; 21:10 B. together, reminder, still A; d2 07:00 A×2, closes a message',
			'quietHours A×2 released',
		],
	])('%s', runRow);
});

describe('flapping', () => {
	const flapping = { flapping: { maxChanges: 3, window: '10m', calmFor: '10m' } };
	const storm =
		'09:00 SHOP fires; 09:01 SHOP ends; 09:02 SHOP fires; 09:03 SHOP ends; 09:04 SHOP fires';
	it.each<Row>([
		[
			'says so once, is quiet until it is calm, and then tells how it stands',
			flapping,
			`${storm}; 09:10 SHOP ends`,
			'09:00 SHOP; 09:01 SHOP.; 09:02 SHOP; 09:03 SHOP. flapping; 09:20 SHOP.×2',
			'flapping SHOP×2 released',
		],
		[
			'takes changes for calm that are far enough apart',
			flapping,
			'09:00 SHOP fires; 09:05 SHOP ends; 09:10 SHOP fires; 09:15 SHOP ends; 09:20 SHOP fires',
			'09:00 SHOP; 09:05 SHOP.; 09:10 SHOP; 09:15 SHOP.; 09:20 SHOP',
		],
		[
			'stays quiet as long as it goes on',
			flapping,
			`${storm}; 09:13 SHOP ends; 09:22 SHOP fires; 09:31 SHOP ends`,
			'09:00 SHOP; 09:01 SHOP.; 09:02 SHOP; 09:03 SHOP. flapping; 09:41 SHOP.×4',
			'flapping SHOP×4 released',
		],
		[
			'tells nothing more of an alert that ended silently',
			flapping,
			`${storm}; 09:05 SHOP vanishes`,
			'09:00 SHOP; 09:01 SHOP.; 09:02 SHOP; 09:03 SHOP. flapping',
			'flapping SHOP over',
		],
		[
			'counts each rule and symbol by itself, and no reminders',
			flapping,
			'09:00 SHOP fires, AAPL fires; 09:01 SHOP reminds; 09:02 SHOP reminds, b/SHOP fires; 09:03 SHOP ends; 09:04 SHOP fires',
			'09:00 AAPL; 09:00 SHOP; 09:01 SHOP~; 09:02 SHOP; 09:02 SHOP~; 09:03 SHOP.; 09:04 SHOP',
		],
		[
			'holds what comes while it flaps also where it is muted, and tells nothing before what came earlier',
			{
				...flapping,
				silences: [
					{
						matchers: ['symbol=SHOP'],
						from: '2026-11-30T09:02:30Z',
						until: '2026-11-30T09:08:00Z',
					},
				],
			},
			`${storm}`,
			'09:00 SHOP; 09:01 SHOP.; 09:02 SHOP; 09:08 SHOP. flapping; 09:14 SHOP',
			'silence SHOP released; flapping SHOP released',
		],
		[
			'counts anew when it was calm',
			flapping,
			`${storm}; 09:30 SHOP ends; 09:31 SHOP fires; 09:32 SHOP ends; 09:33 SHOP fires`,
			'09:00 SHOP; 09:01 SHOP.; 09:02 SHOP; 09:03 SHOP. flapping; 09:14 SHOP; 09:30 SHOP.; 09:31 SHOP; 09:32 SHOP.; 09:33 SHOP flapping',
			'flapping SHOP released',
		],
	])('%s', runRow);
});

describe('a budget', () => {
	const budget = (messages: number, more: object = {}) => ({
		budget: { messages, per: '1h', ...more },
	});
	it.each<Row>([
		[
			'holds what is over it, and tells it as one when there is room again',
			budget(2),
			'09:00 A fires; 09:10 B fires; 09:20 C fires; 09:30 D fires; 09:40 C ends',
			'09:00 A; 09:10 B; 10:00 D+C.×2 merged',
			'budget C×2 released; budget D released',
		],
		[
			'puts the rest of a moment into the last message there is room for',
			budget(2),
			'09:00 A fires, B fires, C fires, D fires',
			'09:00 A; 09:00 B+C+D merged',
		],
		[
			'lets critical ones pass though nothing is left, and counts them',
			budget(1),
			'09:00 A fires; 09:10 B fires; 09:20 C {severity=critical} fires',
			'09:00 A; 09:20 C; 10:20 B',
			'budget B released',
		],
		[
			'takes critical ones first when it makes no exception',
			budget(2, { passCritical: false }),
			'09:00 A fires, B fires, C {severity=critical} fires',
			'09:00 C; 09:00 A+B merged',
		],
		[
			'holds critical ones as well then',
			budget(1, { passCritical: false }),
			'09:00 A fires; 09:10 B {severity=critical} fires',
			'09:00 A; 10:00 B',
			'budget B released',
		],
		[
			'tells nothing before what came earlier of the same rule and symbol',
			budget(1),
			'09:00 A fires; 09:10 B fires; 09:59 C fires; 10:00 B ends; 10:00:01 D fires',
			'09:00 A; 10:00 C+B.×2 merged; 11:00 D',
			'budget B×2 released; budget C released; budget D released',
		],
		[
			'counts each destination by itself',
			budget(1),
			'09:00 A {to=email:me} fires; 09:10 B {to=email:you} fires; 09:20 C {to=email:me} fires',
			'09:00 A; 09:10 B; 10:00 C',
			'budget C released',
		],
		[
			'waits until all destinations of an alert have room',
			budget(1),
			'09:00 A {to=email:me} fires; 09:30 B {to=chat:all} fires; 09:40 C {to=email:me&chat:all} fires',
			'09:00 A; 09:30 B; 10:30 C',
			'budget C released',
		],
		[
			'counts a group as one message',
			{ ...budget(1), groupBy: ['rule'], groupWait: '0s' },
			'09:00 A fires, B fires; 09:30 C fires, D fires',
			'09:00 A+B together; 10:00 C+D merged',
			'budget C released; budget D released',
		],
		[
			'is spent by a digest as well',
			{
				...budget(1),
				quietHours: { intervals: [{ times: [{ from: '22:00', to: '07:00' }] }] },
			},
			'23:00 A fires, B fires; d2 07:30 C fires',
			'd2 07:00 A+B in a digest; d2 08:00 C',
			'quietHours A released; quietHours B released; budget C released',
		],
		[
			'says of ends that it merges which episodes are over',
			budget(1),
			'09:00 A fires; 10:00 B fires; 10:10 A ends, C fires; 10:20 B ends',
			'09:00 A; 10:00 B; 11:00 A.+C+B. merged, closes r/A since 09:00+r/B since 10:00',
			'budget A released; budget C released; budget B released',
		],
		[
			'ends a message of several though its end had to wait',
			{ ...budget(1), groupBy: ['rule'], groupWait: '0s', groupInterval: '1s' },
			'09:00 A fires, B fires; 09:10 A ends, B ends',
			'09:00 A+B together; 10:00 A.+B. together, resolved',
			'budget A released; budget B released',
		],
		[
			'says so of one that it merges with others',
			{ ...budget(1), groupBy: ['rule'], groupWait: '0s', groupInterval: '1s' },
			'09:00 A fires, B fires; 09:10 A ends, B ends, b/C fires',
			'09:00 A+B together; 10:00 C+A.+B. merged, closes a message',
			'budget A released; budget B released; budget C released',
		],
	])('%s', runRow);

	it('keeps no more instants than it counts messages', () => {
		const crowd = Array.from({ length: 50 }, (_, index) => `S${index} {severity=critical} fires`);
		const inputs = readTimeline(`09:00 ${crowd.join(', ')}`);
		const { state, told } = playNoise(budget(3), inputs);
		expect(told).toHaveLength(50);
		expect(state.budget.told['']).toHaveLength(3);
	});
});

describe('the end of a tape', () => {
	const night = { quietHours: { intervals: [{ times: [{ from: '08:00', to: '12:00' }] }] } };
	it.each<Row>([
		[
			'tells what waits in a group',
			{ groupBy: ['rule'], groupWait: '30s' },
			'09:00 A fires, B fires; 09:00:10 nothing more',
			'09:00:10 A+B together',
		],
		[
			'tells what waits for the end of quiet hours',
			night,
			'09:00 A fires, B fires; 09:10 nothing more',
			'09:10 A+B in a digest',
			'quietHours A released; quietHours B released',
		],
		[
			'tells what flaps as it stands',
			{ flapping: { maxChanges: 1, window: '10m', calmFor: '10m' } },
			'09:00 A fires; 09:01 A ends; 09:02 A fires; 09:03 nothing more',
			'09:00 A; 09:01 A. flapping; 09:03 A',
			'flapping A released',
		],
		[
			'tells what is over budget as one',
			{ ...night, budget: { messages: 1, per: '1h' } },
			'07:50 A fires; 07:51 B fires; 08:10 C fires, D fires; 08:20 nothing more',
			'07:50 A; 08:20 B+C+D merged',
			'budget B released; quietHours C released; quietHours D released',
		],
		[
			'leaves muted what is muted',
			{ silences: [{ matchers: ['symbol=A'], until: '2026-12-30T00:00:00Z' }] },
			'09:00 A fires, B fires; 09:10 nothing more',
			'09:00 B; d31 00:00 A',
			'silence A released',
		],
	])('%s', runRow);
});

describe('other settings', () => {
	const silence = (symbol: string) => ({
		silences: [{ matchers: [`symbol=${symbol}`], until: '2026-11-30T12:00:00Z' }],
	});
	const groups = (groupWait: string) => ({ groupBy: ['rule'], groupWait, groupInterval: '5m' });
	const quiet = (to: string) => ({
		quietHours: { intervals: [{ times: [{ from: '08:00', to }] }] },
	});
	const flapping = (calmFor: string) => ({
		flapping: { maxChanges: 1, window: '10m', calmFor },
	});
	const storm = '09:00 A fires; 09:01 A ends; 09:02 A fires; 09:10';
	const night = '09:00 A fires, B fires; 09:10';
	const budget = (messages: number) => ({ budget: { messages, per: '1h' } });
	it.each<[sentence: string, before: object, timeline: string, after: object, told: string]>([
		['let go of what a silence held', silence('A'), night, silence('C'), '09:10 A'],
		['let go of it where nothing is set any more', silence('A'), night, {}, '09:10 A'],
		['keep what another silence holds', silence('A'), night, silence('?'), '12:00 A'],
		['tell what waited in a group', groups('1h'), night, {}, '09:10 A+B together'],
		['let no group wait longer', groups('1h'), night, groups('1m'), '09:11 A+B together'],
		[
			'let a group wait no longer than it did',
			groups('1h'),
			night,
			groups('2h'),
			'10:00 A+B together',
		],
		['tell a digest at once', quiet('11:00'), night, {}, '09:10 A+B in a digest'],
		[
			'tell a digest at another time',
			quiet('11:00'),
			night,
			quiet('10:00'),
			'10:00 A+B in a digest',
		],
		['tell what flapped', flapping('1h'), storm, {}, '09:10 A'],
		['tell what flapped when it is calm', flapping('1h'), storm, flapping('20m'), '09:22 A'],
		[
			'tell what was over budget',
			budget(1),
			`${night}; 09:20 C fires; 09:30`,
			budget(3),
			'09:30 C',
		],
	])('%s', (_, before, timeline, after, told) => {
		const inputs = readTimeline(timeline);
		const { at } = inputs.at(-1)!;
		const { state } = playNoise(before, inputs, undefined, { until: at });
		const play = playNoise(after, [{ kind: 'clock', at }], undefined, { from: state });
		expect(play.told.map(lineOfTold)).toEqual(lines(told));
	});

	it('end a message of several though nothing is set any more', () => {
		const [begin = [], end = []] = [[0, 1], [1]].map(([from, to]) =>
			readTimeline('09:00 A fires, B fires; 09:10 A ends, B ends').slice(from, to),
		);
		const { state } = playNoise({ ...groups('0s'), groupBy: [] }, begin);
		expect(isHolding(state)).toBe(true);
		const play = playNoise({}, end, undefined, { from: state });
		expect(play.told.map(lineOfTold)).toEqual([
			'09:10 A. together, reminder, still B',
			'09:10 B. together, resolved',
		]);
		expect(isHolding(play.state)).toBe(false);
	});
});

describe('very many alerts', () => {
	const crowd = (size: number) =>
		`09:00 ${Array.from({ length: size }, (_, index) => `S${index} fires`).join(', ')}`;

	it('are told as several messages of 500 at most', () => {
		const { told, state } = playNoise({ groupBy: [] }, readTimeline(crowd(1_200)));
		expect(told.map(({ message }) => message.members.length)).toEqual([500, 500, 200]);
		expect(new Set(told.map(({ message }) => message.id)).size).toBe(3);
		expect(Object.keys(state.waves)).toHaveLength(3);
	});

	it('do not wait for ever when a group is full before it is due', () => {
		const settings = { groupBy: [], groupWait: '1h' };
		const { told } = playNoise(settings, readTimeline(`${crowd(500)}; 09:01 X fires`));
		expect(told.map(({ at, message }) => [clockOf(at), message.members.length])).toEqual([
			['09:00', 500],
			['10:01', 1],
		]);
	});

	it('are told early where more than 10,000 wait for the end of quiet hours', () => {
		const settings = { quietHours: { intervals: [{ times: [{ from: '08:00', to: '12:00' }] }] } };
		const { told, ledger } = playNoise(settings, readTimeline(`${crowd(10_002)}; 09:30 SX fires`));
		const sizes = told.map(({ at, message }) => [clockOf(at), message.members.length]);
		expect(sizes[0]).toEqual(['09:00', 500]);
		expect(sizes[1]).toEqual(['12:00', 500]);
		expect(ledger.filter(({ ended }) => ended?.as !== 'released')).toEqual([]);
		expect(accountOf({ told, ledger, state: noNoise })).toEqual({ told: 10_003, held: 0 });
	});

	it('are told early where more than 10,000 wait for room', () => {
		const settings = { budget: { messages: 1, per: '1h' } };
		const { told, ledger } = playNoise(
			settings,
			readTimeline(`08:59 X fires; ${crowd(10_002)}; 09:30 SX fires`),
		);
		expect(told.map(({ at }) => clockOf(at))).toEqual(['08:59', ...Array(21).fill('09:30')]);
		expect(accountOf({ told, ledger, state: noNoise })).toEqual({ told: 10_004, held: 0 });
	});

	it('are written down and given up where more than 10,000 are muted', () => {
		const settings = { silences: [{ matchers: ['symbol=S*'], until: '2026-11-30T10:00:00Z' }] };
		const play = playNoise(settings, readTimeline(`${crowd(10_002)}; 09:30 SX fires`));
		const full = play.ledger.filter(({ ended }) => ended?.as === 'full');
		expect(full).toHaveLength(3);
		expect(play.told).toHaveLength(10_000);
		expect(accountOf(play)).toEqual({ told: 10_000, held: 3 });
	});
});
