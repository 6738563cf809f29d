import type { Bonds } from '../binding/index.ts';
import type { Factors, Method } from '../factors/index.ts';
import type { User } from '../people/index.ts';
import type { Next, Reason } from '../policy/index.ts';
import type { SessionFacts, SoFar } from '../sign-in/index.ts';

/** What somebody would do in the next sign-in, and where they would come from. */
export interface Circumstances {
  readonly at: Date;
  readonly acrValues: readonly string[];
  readonly essentialAcr: readonly string[];
  /** Which organization the portal asks for. */
  readonly wantedOrganization?: string;
  /** Which one the person picks where they are asked. */
  readonly organization?: string;
  /** They went through a full sign-in in this browser before. */
  readonly isKnown: boolean;
  /** They asked then not to be asked again in it. */
  readonly rememberedAt?: Date;
  readonly address?: string;
  /** The browser's session, where it may be built on. */
  readonly session?: SessionFacts;
  readonly mustBe?: string;
  /** The portal has them agree. */
  readonly needsConsent: boolean;
  /** Code points of their password; long enough for any rule when absent: only its hash is stored. */
  readonly passwordLength?: number;
  /** Kinds they use where there is a choice, in order of preference; the first on offer otherwise. */
  readonly uses: readonly string[];
  /** They press "Not now" wherever it works. */
  readonly postpones: boolean;
}

/** What an ID token says of a session of level `acr`. */
export type AnsweredAcr = (
  acr: string,
  request: Pick<Circumstances, 'acrValues' | 'essentialAcr'>,
) => string | undefined;

/** Everything a simulated sign-in is played with: as stored, by the readers that the real one has. */
export interface Scene {
  readonly circumstances: Circumstances;
  readonly kinds: Factors['kinds'];
  readonly answeredAcr: AnsweredAcr;
  /** Before anybody is named, and once the person is. */
  readonly nobody: Pick<SoFar, 'supply' | 'bonds'>;
  readonly somebody: {
    readonly person: User;
    readonly methods: readonly Method[];
    readonly supply: SoFar['supply'];
    readonly bonds: Bonds;
  };
}

type Asked = Exclude<Next['step'], 'done' | 'refused'>;

/** One page of the sign-in, and the right answer to it. */
export interface Step {
  readonly step: Asked;
  /** Kinds, or organizations by name, that the page offers. */
  readonly offers: readonly string[];
  /** What was proven, set up or picked of these. */
  readonly takes?: string;
  /** `postponed`, `skipped`: by a button of the page. */
  readonly answer: 'given' | 'postponed' | 'skipped';
  /** "Not now" or *Skip* works. */
  readonly canWait: boolean;
  /** Until when, and how often. */
  readonly until?: Date;
  readonly left?: number;
  /** Code points of a new password. */
  readonly minLength?: number;
  /** Days for which the page offers to remember this browser. */
  readonly canRememberDays?: number;
  readonly reasons: readonly Reason[];
}

interface Setting<V> {
  readonly value: V;
  readonly level: Reason['level'];
}

export type End =
  | {
      readonly end: 'done';
      /** Of the session. */
      readonly acr: string;
      /** In the ID token: an essential request is answered by a value it named. */
      readonly tokenAcr: string;
      readonly amr: readonly string[];
      readonly organization?: { readonly id: string; readonly name: string };
      readonly session: { readonly hours: Setting<number>; readonly idleMinutes: Setting<number | 'off'> };
      readonly reasons: readonly Reason[];
    }
  /** `isError`: the portal gets it, no page is shown. */
  | {
      readonly end: 'refused';
      readonly why: Extract<Next, { step: 'refused' }>['why'];
      readonly isError: boolean;
      readonly reasons: readonly Reason[];
    }
  /** Nothing they have opens the first page: no password, and no passkey that could stand for it. */
  | { readonly end: 'cannot_begin'; readonly reasons: readonly Reason[] };

export interface Played {
  readonly steps: readonly Step[];
  readonly end: End;
}
