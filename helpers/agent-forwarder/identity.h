/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef IDENTITY_H
#define IDENTITY_H

struct claim;

/*
 * Put into a claim who came by this login: the key and the connection, by the
 * record that root's PAM session wrote of it (common/authrecord), which only
 * root can read.  Where there is none by what sshd tells the session itself:
 * the file that SSH_USER_AUTH names, if it is ours and nobody else's, and
 * SSH_CONNECTION.  Those are hints (I6): whoever runs as this user can write
 * such a file.
 * What is not known stays "".
 */
void identity_find(struct claim *claim, char *const *envp);

#endif
