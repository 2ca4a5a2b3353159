// What central knows of the doctor of each box: what was asked for, and what the box said it found.
import type { DoctorResult } from '../../contract/doctor.ts';
import type { Actor, By } from '../people/actor.ts';

/** The newest one that was asked for. */
export interface DoctorAsked {
  id: string;
  askedMs: number;
  /** A box that hears of it later leaves it alone. */
  untilMs: number;
  by: Actor;
}

export interface DoctorCalls {
  /**
   * Has the appliance's doctor look. While one may still come, nothing is asked again and that one is answered; null: there is no
   * such appliance.
   * @param asked.cameId of the newest that came, null without one
   */
  askDoctor(
    asked: { applianceId: string; id: string; untilMs: number; cameId: string | null },
    by: By,
  ): DoctorAsked | null;
  /** Null: nobody ever asked. */
  doctorAsked(applianceId: string): DoctorAsked | null;
}

/** What a box said, and when central heard it. */
export interface HeardDoctor {
  result: DoctorResult;
  /** By central's clock. */
  heardMs: number;
}

/** The newest of each box. */
export interface Doctors {
  doctorOf(applianceId: string): HeardDoctor | null;
}
