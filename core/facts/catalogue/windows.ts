import { intervalParam, symbolParam, type FactDefinition, type FactParam } from './definition';

const over: FactParam = {
	name: 'over',
	label: 'Over',
	type: 'duration',
	description: 'A span of time before the event: 15m, 1h, 1d. Instead of "last".',
};
const last: FactParam = {
	name: 'last',
	label: 'Last',
	type: 'integer',
	min: 1,
	max: 1_000,
	description: 'A number of candles before the event. Instead of "over".',
};

const window = (
	fact: Pick<FactDefinition, 'name' | 'label' | 'description'> & {
		readonly unit: NonNullable<FactDefinition['unit']>;
	},
): FactDefinition => ({
	...fact,
	type: 'number',
	kind: 'window',
	params: [over, last, intervalParam, symbolParam],
});

const streak = (name: string, label: string, way: string): FactDefinition => ({
	name,
	label,
	type: 'number',
	unit: 'candles',
	description: `How many candles in a row closed ${way} than the one before, up to the last closed one; 100 at most`,
	kind: 'window',
	params: [intervalParam, symbolParam],
});

/** Facts about a span before the event: of time, or of candles. */
export const windowFacts: readonly FactDefinition[] = [
	window({
		name: 'movePercent',
		label: 'Move in Percent',
		unit: 'percent',
		description: 'Price now against the price at the beginning of the span, in percent points',
	}),
	window({
		name: 'move',
		label: 'Move',
		unit: 'price',
		description: 'Price now minus the price at the beginning of the span',
	}),
	window({
		name: 'highest',
		label: 'Highest Price',
		unit: 'price',
		description:
			'Highest price of the span, without the present event: price above it is a new high',
	}),
	window({
		name: 'lowest',
		label: 'Lowest Price',
		unit: 'price',
		description: 'Lowest price of the span, without the present event: price under it is a new low',
	}),
	streak('risingCount', 'Rising Candles', 'higher'),
	streak('fallingCount', 'Falling Candles', 'lower'),
];
