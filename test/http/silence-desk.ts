import { AlertDesk } from '../../src/alerts/desk.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { POLICY, ROUTES } from '../alerts/fixtures.js';
import { FakeService, NOW } from './fake-service.js';

/** A service whose silences are kept by the part that decides them, with its log in memory. */
export class SilenceService extends FakeService {
  readonly desk = new AlertDesk({ policies: [POLICY], routes: ROUTES });
  readonly journal: JournalEntry[] = [];

  override silences: FakeService['silences'] = {
    list: () => [...this.desk.silences()],
    get: (id) => this.desk.silenceById(id),
    story: async (id) => this.journal.filter((entry) => entry.id === id),
    act: async (command) => {
      const result = this.desk.silence(command, NOW);
      if (result.outcome === 'done') this.journal.push(...result.entries);
      return result;
    },
  };
}
