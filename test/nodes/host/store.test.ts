import { closeSharedStore, openSharedStore } from '../../../nodes/host/store';

describe('openSharedStore', () => {
	afterEach(async () => {
		delete process.env['EXECUTIONS_MODE'];
		delete process.env['MARKET_ALERTS_STORE_MAX_MB'];
		await closeSharedStore();
	});

	it('gives everybody the same store', async () => {
		const [one, other] = await Promise.all([openSharedStore(), openSharedStore()]);
		expect(one).toBe(other);
	});

	it('refuses queue mode, saying what to do, and works once that is changed', async () => {
		process.env['EXECUTIONS_MODE'] = 'queue';
		await expect(openSharedStore()).rejects.toThrow(/queue mode.*EXECUTIONS_MODE=regular/);
		process.env['EXECUTIONS_MODE'] = 'regular';
		await expect(openSharedStore()).resolves.toBeDefined();
	});

	it('keeps to the size it is given', async () => {
		process.env['MARKET_ALERTS_STORE_MAX_MB'] = '0.1';
		const store = await openSharedStore();
		const change = { put: { space: 'state' as const, key: 'large', value: 'x'.repeat(200_000) } };
		await expect(store.commit([change])).rejects.toMatchObject({ code: 'full' });
	});
});
