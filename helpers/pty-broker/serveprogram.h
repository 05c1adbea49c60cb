/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVEPROGRAM_H
#define SERVEPROGRAM_H

/*
 * How pty-broker-serve is started: with the name of the session, and with the
 * client's attached socket of it as this descriptor.
 */
#define SERVEPROGRAM_NAME "pty-broker-serve"
#define SERVEPROGRAM_SOCKET 3

#endif
