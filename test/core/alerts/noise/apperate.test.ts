import {
	advanceAlert,
	noAlert,
	type AlertItem,
	type AlertPolicy,
	type NoiseInput,
} from '../../../../core/alerts';
import { policyOf } from '../../../../core/pipeline/advanceWatch';
import { epochMs } from '../../../../core/ports';
import { compileRule } from '../../../../core/rules';
import { importRules } from '../../../../core/rules/import';
import { alertItem } from '../../../fakes/alertItem';
import { accountOf, playNoise } from '../../../fakes/playNoise';

/**
 * The counters of the sample rule in Apperate's documentation ("managing rules using the API"): it ran 543,923
 * times, passed 484,607 times, and sent 52 alerts. How its events lay in time isn't told: here they come evenly
 * within 52 times its wait.
 */
const RAN = 543_923;
const PASSED = 484_607;
const SENT = 52;
const HOUR_MS = 3_600_000;
const START = Date.UTC(2023, 3, 3);

/** When each event came, and whether the rule passed; the failures lie evenly between. */
function* events() {
	const failures = RAN - PASSED;
	for (let index = 0; index < RAN; index += 1) {
		const before = Math.floor((index * failures) / RAN);
		const passes = Math.floor(((index + 1) * failures) / RAN) === before;
		yield { index, at: epochMs(START + Math.floor((index * SENT * HOUR_MS) / RAN)), passes };
	}
}

/** The alerts that a rule with this policy tells of those events. */
function* alertsOf(policy: AlertPolicy): Generator<AlertItem> {
	let alert = noAlert;
	for (const { index, at, passes } of events()) {
		const outcome = passes ? 'holds' : 'fails';
		const eventId = `event ${index}`;
		const verdict = { kind: 'verdict', outcome, pulse: false, eventAt: at, eventId } as const;
		const step = advanceAlert(alert, verdict, policy);
		alert = step.alert;
		if (step.transition === undefined) continue;
		yield alertItem({
			id: eventId,
			episodeId: eventId,
			symbol: 'AAPL',
			eventAt: at,
			startedAt: at,
		});
	}
}

function* inputsOf(alerts: Iterable<AlertItem>): Generator<NoiseInput> {
	for (const alert of alerts) {
		yield { kind: 'alerts', at: epochMs(alert.alert.eventAt), alerts: [alert] };
	}
}

/** As Apperate has it: `frequency` in seconds is the least time between two alerts. */
const imported = (frequency: number) => {
	const { rules } = importRules({
		ruleName: 'Apple price',
		type: 'all',
		index: ['CORE:STOCK:AAPL:latestPrice'],
		conditions: [['$index[0]', '<', 150]],
		outputs: [{ method: 'email', to: 'me@example.com', frequency }],
	});
	return policyOf(compileRule(rules[0]?.document));
};

const count = (items: Iterable<unknown>) => {
	let total = 0;
	for (const _ of items) total += 1;
	return total;
};

describe("the sample in Apperate's documentation, at its true size", () => {
	it('passes as often as it says', () => {
		let passed = 0;
		for (const { passes } of events()) passed += passes ? 1 : 0;
		expect(passed).toBe(PASSED);
	});

	it('sends 52 alerts with the wait of the imported rule', () => {
		const { told, ledger } = playNoise({}, inputsOf(alertsOf(imported(3_600))));
		expect([told.length, ledger]).toEqual([SENT, []]);
	});

	it('sends 52 messages without any wait, grouped by the hour, and has every other pass in the ledger', () => {
		const policy = imported(0);
		expect(count(alertsOf(policy))).toBe(PASSED);
		const settings = { groupBy: ['rule'], groupWait: '1h', groupInterval: '1h' };
		const play = playNoise(settings, inputsOf(alertsOf(policy)), (state) => state);
		expect(play.told).toHaveLength(SENT);
		expect(accountOf(play)).toEqual({ told: SENT, held: PASSED - SENT });
		expect(play.ledger).toHaveLength(SENT);
	}, 60_000);
});
