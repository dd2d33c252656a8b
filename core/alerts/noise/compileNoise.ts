import { createHash } from 'node:crypto';

import type { z } from 'zod/v4';

import { isTimeZone } from '../../market';
import { epochMs, parseDuration, type EpochMs } from '../../ports';
import { didYouMean } from '../../rules';
import { compileMatchers, type Matches } from './matchers';
import { NoiseError } from './NoiseError';
import { compileQuietHours, type QuietHours } from './quietHours';
import { noiseSchema, type NoiseDocument } from './schema';

/** Noise control that was checked and is ready; what isn't wished for is missing or empty. */
export type NoisePolicy = {
	/** Changes with the settings. */
	readonly fingerprint: string;
	readonly grouping:
		| { readonly by: readonly string[]; readonly waitMs: number; readonly intervalMs: number }
		| undefined;
	readonly silences: readonly Silence[];
	readonly inhibit: readonly Inhibition[];
	readonly quietHours: QuietHours | undefined;
	readonly flapping:
		| { readonly maxChanges: number; readonly windowMs: number; readonly calmForMs: number }
		| undefined;
	readonly budget:
		| {
				readonly messages: number;
				readonly perMs: number;
				readonly passCritical: boolean;
				/** As it's written: `20 messages in 1h`. */
				readonly words: string;
		  }
		| undefined;
};

export type Silence = {
	readonly matches: Matches;
	readonly from: EpochMs;
	readonly until: EpochMs;
	/** Its comment, or else its matchers. */
	readonly words: string;
};

export type Inhibition = {
	readonly isSource: Matches;
	readonly isTarget: Matches;
	readonly equal: readonly string[];
	/** `undefined`: as long as the source is firing. */
	readonly muteForMs: number | undefined;
};

/**
 * Checks the settings of noise control and makes them ready.
 * @throws NoiseError quoting what's wrong
 */
export function compileNoise(input: unknown): NoisePolicy {
	const document = readDocument(input);
	const { groupBy, quietHours, flapping, budget } = document;
	return {
		fingerprint: createHash('sha256')
			.update(JSON.stringify(document))
			.digest('base64url')
			.slice(0, 16),
		grouping:
			groupBy === undefined
				? undefined
				: {
						by: [...new Set(groupBy.map((name) => name.trim()))].sort(),
						waitMs: millisecondsOf(document.groupWait),
						intervalMs: millisecondsOf(document.groupInterval),
					},
		silences: document.silences.map(toSilence),
		inhibit: document.inhibit.map(({ source, target, equal, muteFor }, index) => ({
			isSource: compileMatchers(source, `inhibit.${index}.source`),
			isTarget: compileMatchers(target, `inhibit.${index}.target`),
			equal,
			muteForMs: muteFor === undefined ? undefined : millisecondsOf(muteFor),
		})),
		quietHours: quietHours === undefined ? undefined : readQuietHours(quietHours),
		flapping: flapping && {
			maxChanges: flapping.maxChanges,
			windowMs: millisecondsOf(flapping.window),
			calmForMs: millisecondsOf(flapping.calmFor),
		},
		budget: budget && {
			messages: budget.messages,
			perMs: millisecondsOf(budget.per),
			passCritical: budget.passCritical,
			words: `${budget.messages} ${budget.messages === 1 ? 'message' : 'messages'} in ${budget.per}`,
		},
	};
}

function toSilence(document: NoiseDocument['silences'][number], index: number): Silence {
	const { matchers, from, until, comment } = document;
	if (from !== undefined && Date.parse(from) >= Date.parse(until)) {
		throw new NoiseError(
			`Noise control: "silences.${index}.until" is "${until}", and it begins at "${from}"; use a time after that.`,
		);
	}
	return {
		matches: compileMatchers(matchers, `silences.${index}.matchers`),
		from: epochMs(from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from)),
		until: epochMs(Date.parse(until)),
		words: comment?.trim() || matchers.join(', '),
	};
}

/** Whether it does anything at all. */
export const isQuietening = (policy: NoisePolicy): boolean =>
	policy.silences.length > 0 ||
	policy.inhibit.length > 0 ||
	[policy.grouping, policy.quietHours, policy.flapping, policy.budget].some(
		(part) => part !== undefined,
	);

function readDocument(input: unknown): NoiseDocument {
	const parsed = noiseSchema.safeParse(input);
	if (!parsed.success) {
		throw new NoiseError(`Noise control: ${explainIssue(parsed.error, input)}`);
	}
	return parsed.data;
}

function readQuietHours(document: NonNullable<NoiseDocument['quietHours']>): QuietHours {
	const { timezone } = document;
	if (timezone !== undefined && !isTimeZone(timezone)) {
		throw new NoiseError(
			`Noise control: "quietHours.timezone" is ${JSON.stringify(timezone)}; use an IANA name such as "America/New_York" or "UTC".`,
		);
	}
	const quietHours = compileQuietHours(document);
	if (quietHours !== undefined) return quietHours;
	throw new NoiseError(
		'Noise control: "quietHours" never end, so that nothing would ever be told; leave some time of the week free.',
	);
}

/** The first thing zod found, in our words. */
function explainIssue(error: z.ZodError, input: unknown): string {
	const [issue] = error.issues;
	if (issue === undefined) return 'these are no settings.';
	const path = issue.path.map(String);
	if (issue.code === 'unrecognized_keys') {
		const key = issue.keys[0] ?? '';
		const known = path.length === 0 ? Object.keys(noiseSchema.shape) : [];
		return `"${[...path, key].join('.')}" is not a part of it.${didYouMean(key, known)}`;
	}
	const value = path.reduce<unknown>(
		(at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
		input,
	);
	const expected = issue.message.replace(/^Invalid (?:input|option): /, '');
	const where = path.length === 0 ? 'this' : `"${path.join('.')}"`;
	return value === undefined
		? `${where} is missing; ${expected}.`
		: `${where} is ${quote(value)}; ${expected}.`;
}

const quote = (value: unknown): string => {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

const millisecondsOf = (duration: string): number => parseDuration(duration) ?? 0;
