/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* I13: nothing that a terminal answers comes out of a replay. */

#include "config.h"
#include "helpers/pty-broker/vtstate.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* A replay of all of it, in one piece. */
static size_t
replay(const void *bytes, size_t n, char *out)
{
	const unsigned char *p = bytes;
	size_t pass, skip, len = 0;
	struct vtstate st;

	vtstate_init(&st);
	while (n > 0) {
		vtstate_next_query(&st, p, n, &pass, &skip);
		ck_assert_uint_le(pass + skip, n);
		ck_assert_uint_gt(pass + skip, 0);
		memcpy(out + len, p, pass);
		len += pass;
		p += pass + skip;
		n -= pass + skip;
	}
	out[len] = '\0';
	return len;
}

static const char *const queries[] = {
	/* who are you, DA1 to DA3, DECID, ENQ, XTVERSION */
	"\033[c", "\033[0c", "\033[>c", "\033[>0c", "\033[=c", "\033[=0c",
	"\033Z", "\005", "\033[>q", "\033[>0q",
	/* how are you, where is the cursor: DSR */
	"\033[5n", "\033[6n", "\033[?6n", "\033[?15n", "\033[?25n",
	"\033[?26n", "\033[?53n", "\033[?62n", "\033[?63n", "\033[?75n",
	"\033[?996n", "\033[n",
	/* modes and settings */
	"\033[4$p", "\033[?2004$p", "\033[?2026$p", "\033P$qm\033\\",
	"\033P$qr\033\\", "\033P$q q\033\\", "\033P$q\"p\033\\",
	"\033[1$w", "\033[2$w", "\033[1$u", "\033[&u", "\033[x", "\033[0x",
	"\033[1x", "\033[1;2;3;4;5;6*y", "\033[\"v", "\033['|", "\033[+x",
	"\033[1#R", "\033[#R", "\033[#S", "\033[#|", "\033[1;1#|",
	/* what the terminal can */
	"\033P+q544e\033\\", "\033P+Q666f\033\\", "\033[?u", "\033[?4m",
	"\033[?4g", "\033[?1;1;0S", "\033[?2;3;0S", "\033]60\033\\",
	"\033]61;allowTitleOps\a",
	"\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\",
	"\033_Ga=q;AAAA\033\\", "\033_Gi=1,a=q,q=2;AAAA\033\\",
	"\033_Ga=T,i=7,f=100;AAAA\033\\", "\033_GI=3,a=p\033\\",
	"\033_Ga=T,i=7,q=1;AAAA\033\\",
	/* the window */
	"\033[11t", "\033[13t", "\033[13;2t", "\033[14t", "\033[14;2t",
	"\033[15t", "\033[16t", "\033[18t", "\033[19t", "\033[20t",
	"\033[21t", "\033[t", "\033[?2048h",
	"\033[?1;2048h",
	/* colours, fonts, pointers */
	"\033]4;1;?\a", "\033]4;1;?\033\\", "\033]4;1;red;2;?\a",
	"\033]5;0;?\a", "\033]10;?\a", "\033]11;?\033\\", "\033]12;?\a",
	"\033]13;?\a", "\033]14;?\a", "\033]15;?\a", "\033]16;?\a",
	"\033]17;?\a", "\033]18;?\a", "\033]19;?\a", "\033]10;red;?\a",
	"\033]21;foreground=?\033\\", "\033]22;?__current__\033\\",
	"\033]50;?\a", "\033]50;?1\a", "\033]176;?\a", "\033]702;?\a",
	"\033]1337;ReportCellSize\a", "\033]1337;ReportVariable=eA==\a",
	"\033]1337;Capabilities\a", "\033]1337;RequestUpload=format=tgz\a",
	/* with something else in it */
	"\033[6\an", "\033[\177c", "\033[6\n\r\tn", "\033[>\0160c",
	"\033[1\005m", "\033[1\005\030", "\033(\005B", "\033\005]2;x\a",
	"\033[1\0051\005\016m",
	/* spelled in UTF-8, as xterm and VTE take it */
	"\302\233c", "\302\2336n", "\302\232", "\302\220$qm\033\\",
	"\302\23510;?\a",
	/* to those, these end a string, or a sequence, before it ends */
	"\033]2;x\302\234\302\2336n\033\\", "\033]2;x\302\2336n\a",
	"\033Pq\302\234\302\232\033\\", "\033[>\302\2336n",
	"\033[!\302\233c", "\033]2;\302\234\005\030",
	/* and behind this all do that of whom a byte is a character */
	"\033%@", "\033%/G",
	/* nobody knows what these are */
	"\033[1?6n", "\033[6 5n",
};

/* I13.  Would have caught each answer that is typed into somebody's shell. */
START_TEST(i13_no_query_in_a_replay)
{
	const size_t len = strlen(queries[_i]);
	char bytes[256], out[256];

	ck_assert_uint_lt(2 * len + 9, sizeof(bytes));
	ck_assert_uint_eq(replay(queries[_i], len, out), 0);
	/* between other things, which stay; and twice */
	snprintf(bytes, sizeof(bytes), "a\303\244%s%s\033[1mb", queries[_i],
	    queries[_i]);
	replay(bytes, strlen(bytes), out);
	ck_assert_str_eq(out, "a\303\244\033[1mb");
}
END_TEST

/* What is done once: it is no query, but it is not done again. */
static const char *const deeds[] = {
	"\a", "\033]52;c;aGVsbG8=\a", "\033]52;c;?\033\\", "\033]52;;\a",
	"\033]9;mail has come\a", "\033]777;notify;a;b\a", "\033]99;;hi\033\\",
	"\033]5522;type=read\033\\", "\033]1337;CopyToClipboard=\a",
	"\033]1337;Copy=:aGVsbG8=\a", "\033]1337;StealFocus\a",
	"\033]1337;File=name=eA==:AAAA\a", "\033[8;50;132t", "\033[1t",
	"\033[2t", "\033[36t", "\033[i", "\033[5i", "\033[?4i",
	"\033P1000p", "\033Ptmux;\033\033[c\033\\",
	"\033Ptmux;\033\033]52;c;?\a\033\\",
};

/* Would have caught a clipboard that is overwritten by a reconnection. */
START_TEST(nothing_is_done_twice)
{
	char bytes[256], out[256];

	strlcpy(bytes, deeds[_i], sizeof(bytes));
	/* control mode is a string that goes on */
	if (bytes[strlen(bytes) - 1] == 'p')
		strlcat(bytes, "%begin\033\\", sizeof(bytes));
	ck_assert_uint_eq(replay(bytes, strlen(bytes), out), 0);
}
END_TEST

static const char *const others[] = {
	"plain\r\n\ttext\b\177", "h\303\244\342\224\200\360\237\230\200",
	"\033[m", "\033[31m", "\033[?25l", "\033[?1049h", "\033[?2004h",
	"\033[2048h", "\033[?2048l", "\033[H", "\033[6;6H", "\033[2J",
	"\033[1;24r", "\033[s", "\033[u", "\033[?1s", "\033[?1r", "\0337",
	"\0338", "\033c", "\033=", "\033(0", "\033#8", "\033%G",
	"\033[22;0;0t", "\033[23;2t", "\033[4 q", "\033[!p", "\033[?6c",
	"\033[>1u", "\033[<u", "\033[=5;1u", "\033[>4;2m", "\033[>4n",
	"\033[1$x", "\033[1;1$r", "\033[2*x", "\033['{", "\033[#{",
	"\033[#}", "\033[3'}", "\033[1\"q", "\033[61\"p",
	"\033]0;c? 6n?\a", "\033]2;?\a", "\033]2;a;?;b=?\033\\", "\033]1;?\a",
	"\033]7;file://h/a?b=?\033\\", "\033]8;;http://a/?b=?;?\033\\",
	"\033]4;1;rgb:ff/00/00\a", "\033]10;#ffffff\a", "\033]104\a",
	"\033]104;1\a", "\033]110\a", "\033]9;4;1;50\a", "\033]22;text\033\\",
	"\033]133;A\a", "\033]633;P;Cwd=?\a", "\033]1337;SetUserVar=a=?\a",
	"\033]1337;File=name=a;inline=1:AAAA\a", "\033]P7ffffff",
	"\033]R", "\033];?\a",
	"\033Pq#0;2;0;0;0~-\033\\", "\033P0;1|17/0a\033\\",
	"\033P$t\033\\", "\033^x?\033\\", "\033Xx\033\\", "\033kname\033\\",
	"\033_Ga=d\033\\", "\033_Gi=7,a=T,q=2;AAAA\033\\",
	"\033_Gm=1;i=1,a=q\033\\", "\033_tmux\033\\",
	"\016\017", "\033\016(0", "\302\205", "\302\240", "\233c", "\2336n",
	/* broken off */
	"\033[6\030n", "\033[6\032n", "\033[6\033[m", "\033]10;?\030",
	"\033P$qm\032", "\033]10;?\033[m",
};

/* Would have caught a filter that eats more than it has to. */
START_TEST(all_else_passes)
{
	const size_t len = strlen(others[_i]);
	char bytes[256], out[256];

	memcpy(bytes, others[_i], len);
	memcpy(bytes + len, "\033\\.", 4);
	ck_assert_uint_eq(replay(bytes, len + 3, out), len + 3);
	ck_assert_str_eq(out, bytes);
}
END_TEST

static const struct {
	const char *bytes, *left;
} halves[] = {
	{ "a\033[6\033[cn", "an" },
	{ "a\033[\033[6\033[\033[cn", "an" },
	{ "a\033[?\005\030n", "an" },
	{ "a\033]10;\033[c?\a", "a?" },
	{ "a\033\302\233cZ", "aZ" },
	{ "a\302\033[c\2336n", "a\2336n" },
	{ "a\302\a\2336n", "a\2336n" },
	{ "a\302\005\2336n", "a\2336n" },
	{ "a\303\244\033[c\2336n", "a\303\244\2336n" },
	{ "a\033P\033]11;?\033\\q\033\\b", "aq\033\\b" },
	{ "a\033P$qm\033\352\a\\", "a\\" },
	{ "a\302\033\352\a\2336n", "a\2336n" },
	{ "a\033\352\033\353\005Z", "aZ" },
	{ "a\033[1\005", "a" },
	{ "a\033\005\r\303\244\033[m", "a\303\244\033[m" },
};

/* Would have caught a query that is made by taking another one out of it. */
START_TEST(i13_halves_are_not_joined)
{
	char out[64], again[64];
	size_t len;

	len = replay(halves[_i].bytes, strlen(halves[_i].bytes), out);
	ck_assert_str_eq(out, halves[_i].left);
	ck_assert_uint_eq(replay(out, len, again), len);
}
END_TEST

static const struct {
	const char *bytes;
	size_t unfinished;
} ends[] = {
	{ "", 0 }, { "abc", 0 }, { "abc\033", 1 }, { "abc\033[", 2 },
	{ "abc\033[6", 3 }, { "abc\033]10;?", 6 }, { "a\033]10;?\033", 7 },
	{ "\033P$q", 4 }, { "ab\303", 1 }, { "ab\360\237\230", 3 },
	{ "ab\302", 1 }, { "ab\302\233", 2 }, { "\033[m\033", 1 },
	{ "\033[1\033[2", 6 }, { "a\033]2;\033[", 6 }, { "\033[6\030n", 0 },
	{ "\244\244", 0 },
};

/*
 * Would have caught a query that gets through in two halves, for a caller
 * whose ring ends in the middle of it.
 */
START_TEST(where_the_unfinished_begins)
{
	const size_t len = strlen(ends[_i].bytes);
	struct vtstate st;
	size_t pass = 99, skip = 99;

	vtstate_init(&st);
	ck_assert_uint_eq(vtstate_next_query(&st,
	    (const unsigned char *)ends[_i].bytes, len, &pass, &skip),
	    ends[_i].unfinished);
	ck_assert_uint_eq(pass, len);
	ck_assert_uint_eq(skip, 0);
}
END_TEST

/*
 * Would have caught a query that is the last that there is, in a string that
 * only some terminals take for unfinished.
 */
START_TEST(i13_no_end_is_no_excuse)
{
	static const char bytes[] = "a\033]2;x\302\234\302\2336n";
	static const char plain[] = "a\033]2;\302\251 \302";
	char out[64];

	replay(bytes, sizeof(bytes) - 1, out);
	ck_assert_str_eq(out, "a");
	replay(plain, sizeof(plain) - 1, out);
	ck_assert_str_eq(out, plain);
}
END_TEST

/* The rest of something that began before passes, whatever it looks like. */
START_TEST(from_the_middle)
{
	struct vtstate st;
	size_t pass, skip;

	vtstate_init(&st);
	vtstate_scan(&st, (const unsigned char *)"\033]2;a", 5);
	vtstate_next_query(&st, (const unsigned char *)"b;?\ax\033[c", 8,
	    &pass, &skip);
	ck_assert_uint_eq(pass, 5);
	ck_assert_uint_eq(skip, 3);
	ck_assert_uint_eq(vtstate_next_query(&st,
	    (const unsigned char *)"b;?", 3, &pass, &skip), 3);
	ck_assert_uint_eq(pass, 3);
	vtstate_next_query(&st, (const unsigned char *)"b\033[c", 4, &pass,
	    &skip);
	ck_assert_uint_eq(pass, 1);
	ck_assert_uint_eq(skip, 3);
}
END_TEST

/* "head", "part" a thousand times, and "tail"; returns what is left of it. */
static size_t
repeated(const char *head, const char *part, const char *tail, size_t *len)
{
	static char bytes[16384], out[16384];
	int i;

	strlcpy(bytes, head, sizeof(bytes));
	for (i = 0; i < 1000; i++)
		strlcat(bytes, part, sizeof(bytes));
	*len = strlcat(bytes, tail, sizeof(bytes));
	ck_assert_uint_lt(*len, sizeof(bytes));
	return replay(bytes, *len, out);
}

/* Would have caught an ask behind what is kept of a long sequence. */
START_TEST(longer_than_what_is_kept)
{
	size_t len;

	ck_assert_uint_eq(repeated("\033]4", ";1;#ff0000", ";1;?\a", &len),
	    0);
	ck_assert_uint_eq(repeated("\033[", "0;", "c", &len), 0);
	/* a long link is text */
	ck_assert_uint_eq(repeated("\033]8;;http://", "a?", "\033\\", &len),
	    len);
}
END_TEST

/* Would have caught a painting that asks. */
START_TEST(i13_no_query_in_what_we_paint)
{
	static const char state[] = "\033[?1;6;69;1000;1006;2004;2048;1049h"
	    "\033[1;4:3;58:5:1m\033(0\033[5 q\033[>4;2m\033[>1u\033[2;5r"
	    "\033[?7;25l\033[22;2t\033]2;?\a\033]10;red\a\033[?6c"
	    "\033]4;1;red\a";
	char text[VTSTATE_TEXT], out[VTSTATE_TEXT];
	struct vtstate st;
	size_t len;

	vtstate_init(&st);
	vtstate_scan(&st, (const unsigned char *)state, sizeof(state) - 1);
	len = vtstate_set(&st, text);
	ck_assert_uint_eq(replay(text, len, out), len);
	len = vtstate_undo(&st, text);
	ck_assert_uint_eq(replay(text, len, out), len);
	len = vtstate_fresh(text);
	ck_assert_uint_eq(replay(text, len, out), len);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("vtquery");
	TCase *tc = tcase_create("vtquery");

	tcase_add_loop_test(tc, i13_no_query_in_a_replay, 0, NROWS(queries));
	tcase_add_loop_test(tc, nothing_is_done_twice, 0, NROWS(deeds));
	tcase_add_loop_test(tc, all_else_passes, 0, NROWS(others));
	tcase_add_loop_test(tc, i13_halves_are_not_joined, 0,
	    NROWS(halves));
	tcase_add_loop_test(tc, where_the_unfinished_begins, 0, NROWS(ends));
	tcase_add_test(tc, i13_no_end_is_no_excuse);
	tcase_add_test(tc, from_the_middle);
	tcase_add_test(tc, longer_than_what_is_kept);
	tcase_add_test(tc, i13_no_query_in_what_we_paint);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
