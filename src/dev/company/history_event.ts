import type { Instant } from '../../domain/instants.ts';
import type { NewAuditEvent } from '../../store/audit_events.ts';

/** An event of the trail as a server would have written it at `at`. */
export interface HistoryEvent extends NewAuditEvent {
  at: Instant;
}

/** Where simulated events go, in no certain order but that of each person. */
export type RecordHistory = (event: HistoryEvent) => void;
