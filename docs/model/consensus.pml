/*
 * The safety of Custos' consensus at one height: algorithm 1 of arXiv:1807.04938 as Sources/Core/Consensus has it.
 *
 * Four replicas, one of them byzantine, two values, ROUNDS rounds. What is kept is what safety rests on: which honest
 * replica prevoted and precommitted what in which round. Everything else is what an enemy would choose:
 *
 * - The byzantine replica's votes count for whatever is needed, on every side.
 * - Every proposer is as good as byzantine: each honest replica hears, in any round, any value with any valid round,
 *   as long as the prevotes are there that prove it.
 * - Messages are acted upon at any time or never, timers run out at any time, any later round may be entered at any
 *   time, and who has decided goes on. A round is left by voting in a later one.
 * - A vote against is a vote that is not cast: nothing rests on it.
 *
 * That is more than can happen, so what is safe here is safe there. The lock is no variable: it is the last precommit.
 *
 * A quorum is three of four: two honest votes and the byzantine one.
 *
 *   spin -a consensus.pml && gcc -O2 -DSAFETY -DCOLLAPSE -o pan pan.c && ./pan -m1000000
 *
 * With -DBROKEN_LOCK (a prevote does not look at the lock), -DBROKEN_PROOF (a proof may be older than the lock) or
 * -DBROKEN_QUORUM (one vote less is enough) spin must find a disagreement.
 *
 * Sources/Tools/Simulator/Model/VoteModel.swift has the same steps, holds every vote of every simulated height against
 * them, and reaches as many states as are stored here.
 */
#ifndef ROUNDS
#define ROUNDS 3
#endif
#define HONEST 3
#ifdef BROKEN_QUORUM
#define ENOUGH 1        /* honest votes that make a quorum, with the byzantine one */
#else
#define ENOUGH 2
#endif
#define NONE 0          /* no vote, or one against; values are 1 and 2 */

byte prevotes[HONEST * ROUNDS];
byte precommits[HONEST * ROUNDS];

#define PV(p, r) prevotes[(p) * ROUNDS + (r)]
#define PC(p, r) precommits[(p) * ROUNDS + (r)]
#define POLKA(r, v) ((PV(0, r) == v) + (PV(1, r) == v) + (PV(2, r) == v) >= ENOUGH)
#define DECISION(r, v) ((PC(0, r) == v) + (PC(1, r) == v) + (PC(2, r) == v) >= ENOUGH)

/* Whether p may still vote in round r: it has voted in no later one. */
#if ROUNDS == 1
#define STANDS(p, r) true
#elif ROUNDS == 2
#define STANDS(p, r) ((r) >= 1 || (PV(p, 1) == NONE && PC(p, 1) == NONE))
#elif ROUNDS == 3
#define STANDS(p, r) (((r) >= 1 || (PV(p, 1) == NONE && PC(p, 1) == NONE)) \
    && ((r) >= 2 || (PV(p, 2) == NONE && PC(p, 2) == NONE)))
#else
#define STANDS(p, r) (((r) >= 1 || (PV(p, 1) == NONE && PC(p, 1) == NONE)) \
    && ((r) >= 2 || (PV(p, 2) == NONE && PC(p, 2) == NONE)) \
    && ((r) >= 3 || (PV(p, 3) == NONE && PC(p, 3) == NONE)))
#endif

/* Lines 22 to 27 and 28 to 33, for v against the lock of round l: v is locked, or a round w from l on proves v. */
#ifdef BROKEN_LOCK
#define PASSES(p, r, l, v) true
#elif defined BROKEN_PROOF
#define PASSES(p, r, l, v) (PC(p, l) == v || (0 < (r) && POLKA(0, v)) || ((l) < (r) && POLKA(l, v)))
#else
#define PASSES(p, r, l, v) (PC(p, l) == v \
    || ((l) < (r) && POLKA(l, v)) \
    || ((l) + 1 < (r) && POLKA((l) + 1, v)) \
    || ((l) + 2 < (r) && POLKA((l) + 2, v)))
#endif

/* The lock is the last precommit below round r. */
#if ROUNDS == 1
#define MAY(p, r, v) true
#elif ROUNDS == 2
#define MAY(p, r, v) ((r) < 1 || PC(p, 0) == NONE || PASSES(p, r, 0, v))
#elif ROUNDS == 3
#define MAY(p, r, v) (((r) > 1 && PC(p, 1) != NONE) -> PASSES(p, r, 1, v) \
    : (((r) > 0 && PC(p, 0) != NONE) -> PASSES(p, r, 0, v) : true))
#else
#define MAY(p, r, v) (((r) > 2 && PC(p, 2) != NONE) -> PASSES(p, r, 2, v) \
    : (((r) > 1 && PC(p, 1) != NONE) -> PASSES(p, r, 1, v) \
    : (((r) > 0 && PC(p, 0) != NONE) -> PASSES(p, r, 0, v) : true)))
#endif

#define DECIDED_BELOW(v) (DECISION(0, v) || DECISION(ROUNDS - 1, v))
#if ROUNDS > 2
#define DECIDED(v) (DECIDED_BELOW(v) || DECISION(1, v) || DECISION(ROUNDS - 2, v))
#else
#define DECIDED(v) DECIDED_BELOW(v)
#endif

inline prevote(p, r, v) {
    PV(p, r) = v
}

inline precommit(p, r, v) {
    PC(p, r) = v;
    assert(!(DECIDED(1) && DECIDED(2)))
}

/* Lines 36 to 43: a precommit, and with it the lock, rests on a quorum of prevotes of its round. */
#define STEPS(p, r, v) \
    :: atomic { PV(p, r) == NONE && PC(p, r) == NONE && STANDS(p, r) && MAY(p, r, v) -> prevote(p, r, v) } \
    :: atomic { PC(p, r) == NONE && STANDS(p, r) && POLKA(r, v) -> precommit(p, r, v) }

#define VALUES(p, r) STEPS(p, r, 1) STEPS(p, r, 2)
#if ROUNDS == 1
#define REPLICA(p) VALUES(p, 0)
#elif ROUNDS == 2
#define REPLICA(p) VALUES(p, 0) VALUES(p, 1)
#elif ROUNDS == 3
#define REPLICA(p) VALUES(p, 0) VALUES(p, 1) VALUES(p, 2)
#else
#define REPLICA(p) VALUES(p, 0) VALUES(p, 1) VALUES(p, 2) VALUES(p, 3)
#endif

active proctype world() {
end:
    do
    REPLICA(0)
    REPLICA(1)
    REPLICA(2)
    od
}
