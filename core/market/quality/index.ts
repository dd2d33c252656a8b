/** Which events can be trusted: doubtful ones are flagged and counted, never used or left out unseen. */
export {
	admitEvent,
	newNeighbourhood,
	usualQuality,
	usualQualityOver,
	type Doubt,
	type Neighbourhood,
	type QualityPolicy,
} from './admitEvent';
export { DoubtCounts, type Told } from './DoubtCounts';
