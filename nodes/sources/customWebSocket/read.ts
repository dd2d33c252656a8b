import {
	checkCustomWebSocket,
	createCustomWebSocket,
	type CustomWebSocketSettings,
} from '../../../core/market';
import { readHttpSecret } from '../../host/httpSecret';
import { listOf, textOf } from '../../host/texts';
import { canonicalOf, readRows } from '../custom/readRows';
import { readDuration, refuse } from '../readLive';
import type { ReadSource, SourceRequest } from '../SourceFace';

export const readCustomWebSocket: ReadSource = async (request) => {
	const settings = readSettings(request);
	checkCustomWebSocket(settings);
	const secret = await readHttpSecret(request.context);
	const { url, subscribeMessage, filter, symbols, mapping } = settings;
	return {
		name: 'customWebSocket',
		isLive: true,
		symbols: canonicalOf(symbols),
		identity: ['customWebSocket', url, subscribeMessage, filter, symbols, mapping],
		description: `${mapping.rowsAre} of ${new URL(url).host}`,
		create: (ports, start) => createCustomWebSocket(settings, { ...ports, secret }, start),
	};
};

function readSettings(request: SourceRequest): CustomWebSocketSettings {
	const { read, options } = request;
	const goes = textOf(read('credentialGoes', 'handshake'));
	if (goes !== 'handshake' && goes !== 'message') {
		refuse(`Credential Goes is ${JSON.stringify(goes)}; choose handshake or message.`);
	}
	return {
		url: textOf(read('url', '')).trim(),
		sendsCredential: goes === 'handshake',
		loginMessage: textOf(read('loginMessage', '')).trim(),
		subscribeMessage: textOf(read('subscribeMessage', '')).trim(),
		heartbeatMessage: textOf(options['heartbeatMessage']).trim(),
		heartbeatEveryMs: readDuration(options['heartbeatEvery'] ?? '30s', 'Heartbeat Every'),
		filter: {
			path: textOf(read('framesPath', '')).trim(),
			values: listOf(textOf(read('framesValues', ''))),
		},
		...readRows(request),
	};
}
