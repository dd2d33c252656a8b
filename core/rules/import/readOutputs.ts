import { toNumber } from '../../facts';
import { quote } from '../checkConditions';
import { isObject, nameKeys, note, refuse, textOf, type Passage } from './passage';

/** What a rule's outputs say, in our terms; texts still with Apperate's markers. */
export type Outputs = {
	readonly deliver: ReadonlyArray<{ readonly channel: string; readonly to: string }>;
	readonly cooldown?: string;
	readonly title?: string;
	readonly message?: string;
};

type Output = Readonly<Record<string, unknown>> & { readonly method: string };

/** Methods that n8n has nodes for. */
const NODES: ReadonlyMap<string, string> = new Map([
	['sms', 'the Twilio node'],
	['slack', 'the Slack node'],
	['mattermost', 'the Mattermost node'],
	['logs', 'a Data Table node'],
	['log', 'a Data Table node'],
	['dataset', 'a Data Table or database node'],
]);
const SUBJECT = ['subject', 'title'] as const;
const BODY = ['message', 'body', 'text'] as const;
const READ: readonly string[] = ['method', 'to', 'url', 'frequency', ...SUBJECT, ...BODY];

/** @throws RuleError naming the output; addresses may be secret and aren't quoted */
export function readOutputs(given: unknown, passage: Passage): Outputs {
	const outputs = (Array.isArray(given) ? (given as unknown[]) : [given ?? []].flat()).map(
		(one, index) => readOutput(one, `outputs[${index}]`, passage),
	);
	const title = textOfAll(outputs, SUBJECT, passage);
	const message = textOfAll(outputs, BODY, passage);
	const cooldown = cooldownOf(outputs, passage);
	return {
		deliver: outputs.flatMap((output, index) => deliverTo(output, `outputs[${index}]`, passage)),
		...(cooldown === undefined ? {} : { cooldown }),
		...(title === undefined ? {} : { title }),
		...(message === undefined ? {} : { message }),
	};
}

function readOutput(output: unknown, at: string, passage: Passage): Output {
	const method = isObject(output) ? textOf(output['method'])?.toLowerCase() : undefined;
	if (!isObject(output) || method === undefined) {
		const what = isObject(output) ? nameKeys(output) : `a ${typeof output}`;
		refuse(passage, `${at} is ${what}; use {"method": "email", "to": "me@example.com"}.`);
	}
	for (const key of Object.keys(output).filter((one) => !READ.includes(one))) {
		note(
			passage,
			`"${key}" of the output "${method}" stays behind; set it in the node that sends, if it has that.`,
		);
	}
	return { ...output, method };
}

function deliverTo(output: Output, at: string, passage: Passage): Outputs['deliver'] {
	const { method } = output;
	if (method !== 'email' && method !== 'webhook') {
		note(
			passage,
			`The output "${method}" isn't one of our channels; connect ${NODES.get(method) ?? `a node for "${method}"`} to the Alert output.`,
		);
		return [];
	}
	const given = method === 'webhook' ? (output['url'] ?? output['to']) : output['to'];
	const recipients = [given].flat().map(textOf);
	return recipients.map((to) =>
		to === undefined
			? refuse(
					passage,
					method === 'email'
						? `${at} is an email without "to"; add an address such as "me@example.com".`
						: `${at} is a webhook without "url"; add its address.`,
				)
			: { channel: method, to },
	);
}

/** Alerts have one text for all outputs. */
function textOfAll(
	outputs: readonly Output[],
	names: readonly string[],
	passage: Passage,
): string | undefined {
	const texts = outputs.flatMap((output) =>
		names.map((name) => textOf(output[name])).filter((text) => text !== undefined),
	);
	const [first] = texts;
	for (const other of new Set(texts)) {
		if (other === first) continue;
		note(
			passage,
			`An alert has one ${names[0]}, so ${quote(other)} stays behind; write it into the node that sends.`,
		);
	}
	return first;
}

/** Seconds between two alerts. */
function cooldownOf(outputs: readonly Output[], passage: Passage): string | undefined {
	const waits = outputs
		.filter(({ frequency }) => frequency !== undefined && frequency !== null)
		.map(({ frequency }) => secondsOf(frequency, passage));
	if (waits.length === 0) {
		note(
			passage,
			'There is no "frequency", so it alerts at every event while it holds; add a "cooldown" such as "1h".',
		);
		return undefined;
	}
	const shortest = Math.min(...waits);
	for (const wait of new Set(waits)) {
		if (wait === shortest) continue;
		note(
			passage,
			`A rule has one cooldown, so "frequency": ${wait} stays behind and ${shortest} s holds for all; make it a rule of its own if it matters.`,
		);
	}
	return shortest === 0 ? undefined : `${shortest}s`;
}

function secondsOf(frequency: unknown, passage: Passage): number {
	const seconds = toNumber(frequency);
	if (seconds === undefined || seconds < 0 || seconds >= 1e9) {
		refuse(passage, `"frequency" is ${quote(frequency)}; use a number of seconds such as 3600.`);
	}
	return Number(seconds.toFixed(3));
}
