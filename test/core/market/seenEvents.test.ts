import * as fc from 'fast-check';

import {
	addSeen,
	hasSeen,
	isNewStream,
	nothingSeen,
	SeenLog,
	toEventId,
	toStream,
	type SeenEvents,
} from '../../../core/market';

const stream = fc.nat({ max: 10 }).map((play) => toStream('replay', 'a.csv', `p${play}`));
const eventId = fc.oneof(
	fc.tuple(stream, fc.nat({ max: 20 })).map(([of, sequence]) => toEventId(of, sequence)),
	fc.constantFrom(
		'x',
		'y',
		'z#1',
		'replay:a.csv~p1#',
		'replay:a.csv~p1#1x',
		'replay:a.csv~p1#12345678901234567',
	),
);

describe('SeenLog', () => {
	it('meets and adds as hasSeen, isNewStream and addSeen do, and goes on from what was kept', () => {
		fc.assert(
			fc.property(fc.array(eventId, { maxLength: 60 }), fc.nat({ max: 60 }), (ids, cut) => {
				let seen: SeenEvents = nothingSeen;
				let log = new SeenLog();
				ids.forEach((id, at) => {
					if (at === cut) log = new SeenLog(JSON.parse(JSON.stringify(log.state)) as SeenEvents);
					const expected = hasSeen(seen, id) ? 'seen' : isNewStream(seen, id) ? 'newStream' : 'new';
					expect(log.meet(id)).toBe(expected);
					if (expected === 'seen') return;
					seen = addSeen(seen, id);
					log.add(id);
					expect(JSON.stringify(log.state)).toBe(JSON.stringify(seen));
				});
			}),
		);
	});

	it('remembers a thousand ids of other origin, and eight streams', () => {
		let seen: SeenEvents = nothingSeen;
		const log = new SeenLog();
		for (let at = 0; at < 1_200; at += 1) {
			const id = at % 100 === 0 ? toEventId(toStream('replay', 'a', `${at}`), 1) : `other ${at}`;
			log.meet(id);
			log.add(id);
			seen = addSeen(seen, id);
		}
		expect(log.state).toEqual(seen);
		expect(log.meet('other 1')).toBe('new');
		expect(log.meet('other 1199')).toBe('seen');
	});
});
