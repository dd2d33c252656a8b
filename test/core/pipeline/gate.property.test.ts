import { describeAgreement } from './gate/agreement';

describeAgreement(0);
