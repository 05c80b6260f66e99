/*
 * The consensus of Custos at one height: algorithm 1 of arXiv:1807.04938 as Sources/Core/Consensus has it.
 *
 * Four replicas, one of them byzantine, two values, ROUNDS rounds. The honest three are processes; the
 * byzantine one is what the others may believe of it at any time: its votes count for whatever is
 * needed, on every side, and in the round that it proposes each honest replica hears what it likes.
 * Messages are never taken back and may be acted upon at any time or never; timers may run out at any
 * time, a later round may be entered at any time, and who has decided goes on. That is more than can
 * happen, so what is safe here is safe there. Votes against are left out: nothing rests on them.
 *
 * A quorum is three of four: two honest votes and the byzantine one.
 *
 *   spin -a consensus.pml && gcc -O2 -DSAFETY -DCOLLAPSE -o pan pan.c && ./pan -m100000
 *
 * With -DBROKEN_LOCK (a prevote does not look at the lock) spin must find a disagreement.
 */
#ifndef ROUNDS
#define ROUNDS 3
#endif
#define HONEST 3
#define NONE 3          /* no vote, no value, no round */

byte prevotes[HONEST * ROUNDS];
byte precommits[HONEST * ROUNDS];
byte proposed[ROUNDS];      /* what the honest proposer of a round proposed */
byte proposedWith[ROUNDS];  /* with which valid round */
byte liarsRound;            /* the round that the byzantine replica proposes in; ROUNDS: none */

#define PV(p, r) prevotes[(p) * ROUNDS + (r)]
#define PC(p, r) precommits[(p) * ROUNDS + (r)]
#define POLKA(r, v) ((PV(0, r) == v) + (PV(1, r) == v) + (PV(2, r) == v) >= 2)
#define DECISION(r, v) ((PC(0, r) == v) + (PC(1, r) == v) + (PC(2, r) == v) >= 2)

#define PROVEN(r) (proposedWith[r] == NONE || POLKA(proposedWith[r], proposed[r]))

#define DECIDED(v) (DECISION(0, v) || DECISION(1, v) || DECISION(ROUNDS - 1, v))

/* Lines 22 to 27 and 28 to 33, for a proposal of v with valid round w in the present round. */
inline judge(v, w) {
    if
#ifdef BROKEN_LOCK
    :: true -> PV(me, round) = v
#else
    :: lockedRound == NONE || lockedValue == v -> PV(me, round) = v
    :: w != NONE && lockedRound != NONE && lockedValue != v && lockedRound <= w -> PV(me, round) = v
    :: else
#endif
    fi;
    hasPrevoted = true
}

proctype replica(byte me) {
    byte round = 0;
    bool hasPrevoted = false;
    byte lockedValue = NONE, lockedRound = NONE, validValue = NONE, validRound = NONE;
    byte v, w;

    do
    /* Lines 14 to 19: the proposer of round r is replica r, unless it is the liar's turn. */
    :: atomic { !hasPrevoted && round == me && round != liarsRound && proposed[round] == NONE ->
           if
           :: validRound != NONE -> proposed[round] = validValue; proposedWith[round] = validRound
           :: validRound == NONE -> proposed[round] = 0; proposedWith[round] = NONE
           :: validRound == NONE -> proposed[round] = 1; proposedWith[round] = NONE
           fi }
    :: atomic { !hasPrevoted && round != liarsRound && proposed[round] != NONE && PROVEN(round) ->
           v = proposed[round]; w = proposedWith[round];
           judge(v, w); v = 0; w = 0 }
    :: atomic { !hasPrevoted && round == liarsRound ->
           if :: v = 0 :: v = 1 fi;
           w = NONE;
           if
           :: true
           :: round > 0 && POLKA(0, v) -> w = 0
           :: round > 1 && POLKA(1, v) -> w = 1
           fi;
           judge(v, w); v = 0; w = 0 }
    /* Lines 36 to 43: locks and precommits, or, past its precommit against, takes the value as valid. */
    :: atomic { validRound != round && (POLKA(round, 0) || POLKA(round, 1)) ->
           if :: POLKA(round, 0) -> v = 0 :: POLKA(round, 1) -> v = 1 fi;
           hasPrevoted = true; validValue = v; validRound = round;
           if
           :: lockedValue = v; lockedRound = round; PC(me, round) = v;
               assert(!(DECIDED(0) && DECIDED(1)))
           :: true
           fi;
           v = 0 }
    /* Lines 55 to 67. */
    :: atomic { round < ROUNDS - 1 -> round++; hasPrevoted = false }
    :: atomic { round == ROUNDS - 1 -> break }
    od
}

init {
    atomic {
        byte i = 0;
        do
        :: i < HONEST * ROUNDS -> prevotes[i] = NONE; precommits[i] = NONE; i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < ROUNDS -> proposed[i] = NONE; proposedWith[i] = NONE; i++
        :: else -> break
        od;
        if :: liarsRound = 0 :: liarsRound = 1 :: liarsRound = 2 :: liarsRound = ROUNDS fi;
        run replica(0); run replica(1); run replica(2)
    }
}
