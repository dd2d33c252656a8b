import type { FailureReason, SendResult } from '../../core/delivery';

/** How a condition has to be answered: sent, or why not and whether another try may end better. */
export type Expected = 'sent' | readonly [reason: FailureReason, again: boolean];

/** A channel with its other end on loopback. */
export type ChannelBench = {
	/** Sends one message to the other end. */
	send(): Promise<SendResult>;
	/** Brings the other end into a state: a reply code, `silence`, `cut`, `down`, `up`. */
	set(condition: string): Promise<void> | void;
	/** What the other end has been sent and has taken. */
	taken(): number;
	close(): Promise<void>;
};

/**
 * What every channel promises: each answer of the other side is sorted into sent, worth another try or
 * not; a failure is told in words and without secrets; nothing it meets makes it throw or hang.
 */
export function itIsAChannel(
	name: string,
	open: () => Promise<ChannelBench>,
	conditions: ReadonlyArray<readonly [condition: string, expected: Expected]>,
	secrets: readonly string[],
): void {
	describe(`${name} as a channel`, () => {
		let bench: ChannelBench;
		beforeEach(async () => (bench = await open()));
		afterEach(async () => await bench.close());

		it.each(conditions)('answers %s with %j', async (condition, expected) => {
			await bench.set(condition);
			const result = await bench.send();
			if (expected === 'sent') {
				expect(result).toMatchObject({ status: 'sent' });
				expect(bench.taken()).toBe(1);
				return;
			}
			const [reason, again] = expected;
			expect(result).toMatchObject({ status: 'failed', reason, again });
		});

		it.each(conditions.filter(([, expected]) => expected !== 'sent'))(
			'tells %s in words, without secrets',
			async (condition) => {
				await bench.set(condition);
				const result = await bench.send();
				if (result.status === 'sent') throw new Error('It was sent.');
				expect(result.message).toMatch(/^[^ ].{15,}\.$/);
				for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret);
				expect(result.message).not.toMatch(/https?:\/\//);
			},
		);

		it('never says to try again what only the user can mend', async () => {
			const mendable = conditions.filter(
				([, expected]) =>
					expected !== 'sent' && ['auth', 'refused', 'invalidRecipient'].includes(expected[0]),
			);
			expect(mendable.filter(([, expected]) => expected[1] === true)).toEqual([]);
		});

		it('works again when the other side is back', async () => {
			await bench.set('down');
			expect(await bench.send()).toMatchObject({
				status: 'failed',
				reason: 'unreachable',
				again: true,
			});
			await bench.set('up');
			expect(await bench.send()).toMatchObject({ status: 'sent' });
			expect(bench.taken()).toBe(1);
		});

		it('sends several at the same time', async () => {
			const results = await Promise.all([bench.send(), bench.send(), bench.send()]);
			expect(results.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']);
			expect(bench.taken()).toBe(3);
		});
	});
}
