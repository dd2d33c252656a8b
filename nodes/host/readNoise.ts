import { compileNoise, splitMatchers, type NoisePolicy } from '../../core/alerts';
import { withZone } from './readRuleOptions';
import { isFilled, listOf, textOf } from './texts';

/** The collection "Noise Control" as n8n gives it; an expression may give anything. */
type NoiseFields = {
	readonly flapping?: { readonly settings?: Fields };
	readonly inhibit?: { readonly rule?: readonly Fields[] };
	readonly silences?: { readonly silence?: readonly Fields[] };
	readonly quietHours?: { readonly interval?: readonly Fields[] };
	readonly quietHoursPassCritical?: unknown;
	readonly budget?: { readonly settings?: Fields };
	readonly groupBy?: unknown;
	readonly groupWait?: unknown;
	readonly groupInterval?: unknown;
	readonly timezone?: unknown;
};
type Fields = Readonly<Record<string, unknown>>;

/**
 * Noise control as a node's fields say it.
 * @throws NoiseError quoting what's wrong
 */
export function readNoise(given: unknown): NoisePolicy {
	const fields = (given ?? {}) as NoiseFields;
	const { flapping, budget, groupBy } = fields;
	const timezone = textOf(fields.timezone).trim();
	const zone = timezone === '' ? 'UTC' : timezone;
	const silences = fields.silences?.silence ?? [];
	const inhibit = fields.inhibit?.rule ?? [];
	const intervals = fields.quietHours?.interval ?? [];
	return compileNoise({
		...(groupBy === undefined ? {} : { groupBy: listOf(groupBy) }),
		...textsOf(fields, ['groupWait', 'groupInterval']),
		silences: silences.map((one) => ({
			matchers: splitMatchers(textOf(one['matchers'])),
			...instantsOf(one, zone),
			...textsOf(one, ['comment']),
		})),
		inhibit: inhibit.map((one) => ({
			source: splitMatchers(textOf(one['source'])),
			target: splitMatchers(textOf(one['target'])),
			equal: listOf(one['equal']),
			...textsOf(one, ['muteFor']),
		})),
		...(intervals.length === 0
			? {}
			: {
					quietHours: {
						intervals: intervals.map(toInterval),
						timezone: zone,
						passCritical: fields.quietHoursPassCritical ?? false,
					},
				}),
		...(flapping?.settings === undefined ? {} : { flapping: flapping.settings }),
		...(budget?.settings === undefined ? {} : { budget: budget.settings }),
	});
}

const textsOf = (fields: Fields, names: readonly string[]): Fields =>
	Object.fromEntries(
		names.flatMap((name) => {
			const text = textOf(fields[name]).trim();
			return isFilled(text) ? [[name, text]] : [];
		}),
	);

/** A date or a time without a zone is one of the node's. */
function instantsOf(fields: Fields, zone: string): Fields {
	const [from, until] = [fields['from'], fields['until']].map((one) => textOf(one).trim());
	return {
		...(isFilled(from) ? { from: withZone(from, zone) } : {}),
		...(isFilled(until) ? { until: withZone(until, zone) } : {}),
	};
}

function toInterval(fields: Fields): Fields {
	const days = Array.isArray(fields['days']) ? fields['days'] : listOf(fields['days']);
	const times = listOf(fields['times']).map((window) => {
		const [from = '', to = ''] = window.split(/\s*[-–]\s*/);
		return { from, to };
	});
	return {
		...(days.length === 0 ? {} : { days }),
		...(times.length === 0 ? {} : { times }),
	};
}
