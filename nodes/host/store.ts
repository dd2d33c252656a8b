import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { StoreError, type Store } from '../../core/ports';
import { dataFolder } from './paths';

let opened: Promise<Store> | undefined;

/**
 * The store of this process: one connection, shared by all our nodes, opened when first asked for and
 * kept until the process ends. A settled execution may still write after its trigger was closed, so
 * nobody in between may close it.
 */
export async function openSharedStore(): Promise<Store> {
	opened ??= open();
	try {
		return await opened;
	} catch (error) {
		opened = undefined; // the next one tries again
		throw error;
	}
}

/** For tests: lets go of the file. */
export async function closeSharedStore(): Promise<void> {
	const store = opened;
	opened = undefined;
	await (await store)?.close();
}

async function open(): Promise<Store> {
	if (process.env['EXECUTIONS_MODE'] === 'queue') {
		throw new StoreError(
			'unavailable',
			'This n8n runs in queue mode: its workers would each keep alert states of their own. Run n8n in regular mode (EXECUTIONS_MODE=regular) until this package can keep them in PostgreSQL.',
		);
	}
	const { openSqliteStore } = await import('../../core/storage');
	const { systemClock, systemTimer } = await import('../../core/ports/system');
	await mkdir(dataFolder(), { recursive: true });
	const maxBytes = maxStoreBytes();
	return await openSqliteStore(
		{ path: join(dataFolder(), 'store.sqlite'), ...(maxBytes === undefined ? {} : { maxBytes }) },
		{ clock: systemClock, timer: systemTimer },
	);
}

function maxStoreBytes(): number | undefined {
	const megabytes = Number(process.env['MARKET_ALERTS_STORE_MAX_MB']);
	return megabytes > 0 ? Math.floor(megabytes * 1_048_576) : undefined;
}
