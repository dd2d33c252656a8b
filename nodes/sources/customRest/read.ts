import {
	checkCustomRest,
	createCustomRest,
	customRestCalls,
	type CustomRestSettings,
} from '../../../core/market';
import { readHttpSecret } from '../../host/httpSecret';
import { textOf } from '../../host/texts';
import { canonicalOf, readRows } from '../custom/readRows';
import { readDuration, refuse } from '../readLive';
import type { ReadSource, SourceRequest } from '../SourceFace';

type Pairs = {
	readonly pair?: ReadonlyArray<{ readonly name?: unknown; readonly value?: unknown }>;
};

export const readCustomRest: ReadSource = async (request) => {
	const settings = readSettings(request);
	checkCustomRest(settings);
	const secret = await readHttpSecret(request.context);
	const { url, method, body, query, symbols, mapping } = settings;
	return {
		name: 'customRest',
		isLive: true,
		symbols: canonicalOf(symbols),
		identity: ['customRest', url, method, body, query, symbols, mapping],
		description: `${mapping.rowsAre} of ${new URL(url).host}`,
		polling: {
			symbols: symbols.length,
			everyMs: settings.pollEveryMs,
			calls: customRestCalls(settings),
			perMinute: settings.limitPerMinute,
			allows: 'you allow',
		},
		create: (ports, start) => createCustomRest(settings, { ...ports, secret }, start),
	};
};

function readSettings(request: SourceRequest): CustomRestSettings {
	const { read, options } = request;
	const method = textOf(read('method', 'GET'));
	if (method !== 'GET' && method !== 'POST') {
		refuse(`Method is ${JSON.stringify(method)}; choose GET or POST.`);
	}
	const given = options['requestsPerMinute'];
	const limitPerMinute = Number(given ?? 60);
	if (!(limitPerMinute > 0)) {
		refuse(`Requests per Minute is ${JSON.stringify(given)}; use a number above 0.`);
	}
	return {
		url: textOf(read('url', '')).trim(),
		method,
		headers: readPairs(read('headers', {}), 'header', (name) => name.toLowerCase()),
		query: readPairs(read('query', {}), 'query parameter', (name) => name),
		body: method === 'POST' ? textOf(read('body', '')) : '',
		pollEveryMs: readDuration(read('pollEvery', '1m'), 'Poll Every'),
		limitPerMinute,
		...readRows(request),
	};
}

/** Values aren't quoted: they may be secrets all the same. */
function readPairs(
	given: unknown,
	what: string,
	toName: (name: string) => string,
): Record<string, string> {
	const pairs = new Map<string, string>();
	for (const pair of (given as Pairs).pair ?? []) {
		const name = toName(textOf(pair.name).trim());
		if (name === '') continue;
		const value = textOf(pair.value);
		if (what === 'header' && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
			refuse(
				`${JSON.stringify(name)} can't be the name of a header; use letters, digits and hyphens.`,
			);
		}
		if (what === 'header' && !/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) {
			refuse(`The value of the header ${name} has characters that can't be sent.`);
		}
		pairs.set(name, value);
	}
	return Object.fromEntries(pairs);
}
