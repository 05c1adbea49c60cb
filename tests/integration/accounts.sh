# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The accounts, PAM files, keys and configuration of the private machine.
# Sourced by machine.sh, inside; every path is the private machine's.

# name uid gid home shell: the odd ones are what a refusal is tested with.
add_user() {
	local name=$1 uid=$2 gid=$3 home=$4 shell=$5

	echo "$name:x:$uid:$gid:The user $name:$home:$shell" >>/etc/passwd
	echo "$name:*:19000:0:99999:7:::" >>/etc/shadow
}

add_home() {
	install -d -m 0755 -o "$2" -g "$3" "/home/$1"
	# Only a login shell reads it: its prompt proves that it is one.
	echo "PS1='login:$1\$ '" >"/home/$1/.profile"
	: >"/home/$1/.bashrc"
	: >"/home/$1/.hushlogin"
}

passwd_and_group() {
	local i

	echo "root:x:0:0:root:/root:/bin/bash" >/etc/passwd
	echo "root:*:19000:0:99999:7:::" >/etc/shadow
	add_user sshd 104 65534 /run/sshd /usr/sbin/nologin
	add_user nobody 65534 65534 /nonexistent /usr/sbin/nologin
	add_user alice 1001 1001 /home/alice /bin/bash
	add_user alicia 1001 1001 /home/alice /bin/bash
	add_user bob 1002 1002 /home/bob /bin/sh
	add_user barred 1003 1003 /home/bob /usr/sbin/nologin
	add_user shellless 1004 1004 /home/bob /usr/bin/no-such-shell
	add_user incu 1005 1005 /home/incu /usr/local/sbin/incubator
	add_user noshell 1006 1006 /home/bob ""
	add_user nohome 1007 1007 /home/nohome /bin/sh
	add_user lockedhome 1008 1008 /home/lockedhome /bin/sh
	add_user many 1009 1009 /home/bob /bin/sh
	add_user expired 1010 1010 /home/bob /bin/sh
	add_user minus 4294967295 1001 /home/bob /bin/sh
	add_user minusgid 1011 4294967295 /home/bob /bin/sh
	add_user 1234 1012 1012 /home/bob /bin/sh
	add_user -dash 1013 1013 /home/bob /bin/sh
	add_user toor 0 0 /root /bin/bash
	add_user oddshell 1014 1014 /home/bob bin/sh
	add_user oddhome 1015 1015 home/bob /bin/sh
	add_user trailing 1016 1016 /home/bob "/bin/sh "
	add_user gateway 1020 1020 /var/lib/gateway /bin/sh
	sed -i 's/^expired:.*/expired:*:19000:0:99999:7::19001:/' /etc/shadow
	chmod 0640 /etc/shadow

	echo "root:x:0:" >/etc/group
	{
		echo "tty:x:5:"
		echo "utmp:x:43:"
		echo "nogroup:x:65534:"
		echo "alice:x:1001:"
		echo "bob:x:1002:"
		echo "devel:x:2001:alice,alicia,bob"
		echo "ops:x:2002:alice,bob"
		echo "wheel:x:2003:root,toor"
		echo "gateway:x:1020:"
		echo "ssh-incubator:x:1021:gateway"
		for i in {1003..1016}; do
			echo "group$i:x:$i:"
		done
		# More than the 32 that the kernel keeps without asking for more.
		for i in {3000..3099}; do
			echo "many$i:x:$i:many"
		done
	} >>/etc/group
	: >/etc/gshadow
	add_home alice 1001 1001
	add_home bob 1002 1002
	add_home incu 1005 1005
	install -d -m 0700 -o root -g root /home/lockedhome
	install -d -m 0755 -o root -g root /var/lib/gateway
}

# What would let the real machine's settings shape a result.
settings() {
	printf '%s: files\n' passwd group shadow gshadow hosts services \
		protocols >/etc/nsswitch.conf
	echo "127.0.0.1 localhost bed" >/etc/hosts
	: >/etc/resolv.conf
	: >/etc/profile
	: >/etc/bash.bashrc
	: >/etc/environment
	rm -f /etc/ssh/sshrc /etc/nologin /etc/default/locale /etc/motd
	rm -rf /etc/sudoers.d /etc/ssh/ssh_config.d /etc/ssh/sshd_config.d
	if command -v sudo >/dev/null; then
		echo "alice ALL=(ALL:ALL) NOPASSWD: ALL" >/etc/sudoers
		chmod 0440 /etc/sudoers
	fi
	# pam_limits: something to see that the session's stack was used.
	mkdir -p /etc/security/limits.d
	: >/etc/security/limits.conf
	rm -f /etc/security/limits.d/*
}

# The service's own file, as it is shipped.
pam_service() {
	local shipped

	for shipped in /bed/src/contrib/pam.d/ssh-incubator \
		/bed/src/contrib/pam.d/ssh-incubator.debian \
		/bed/src/contrib/pam.d/debian; do
		if [ -f "$shipped" ]; then
			cp "$shipped" /etc/pam.d/ssh-incubator
			return
		fi
	done
	cat >/etc/pam.d/ssh-incubator <<-'END'
		auth required pam_rootok.so
		account required pam_nologin.so
		@include common-account
		session required pam_loginuid.so
		session optional pam_keyinit.so force revoke
		@include common-session
		session required pam_limits.so
		session required pam_env.so
	END
}

sftp_server() {
	local path

	for path in "${SFTP_SERVER:-}" /usr/lib/openssh/sftp-server \
		/usr/libexec/sftp-server /usr/libexec/openssh/sftp-server \
		/usr/lib/ssh/sftp-server; do
		if [ -x "$path" ]; then
			echo "$path"
			return
		fi
	done
}

ssh_files() {
	ssh-keygen -q -t ed25519 -N '' -C host -f /bed/keys/host
	ssh-keygen -q -t ed25519 -N '' -C user -f /bed/keys/user
	echo "bed $(cat /bed/keys/host.pub)" >/bed/keys/known_hosts
	cp /bed/keys/user.pub /bed/auth/user
	chmod 0644 /bed/auth/user
	cat >/bed/conf/base <<-END
		HostKey /bed/keys/host
		AuthorizedKeysFile /bed/auth/user
		StrictModes no
		UsePAM yes
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
		AcceptEnv LANG LC_*
		Subsystem sftp $(sftp_server)
		PrintMotd no
		PrintLastLog no
		UseDNS no
		PidFile none
		LogLevel VERBOSE
	END
	cat >/bed/ssh_config <<-'END'
		Include /bed/hosts/*
		Host *
			HostKeyAlias bed
			UserKnownHostsFile /bed/keys/known_hosts
			StrictHostKeyChecking yes
			IdentityFile /bed/keys/user
			IdentitiesOnly yes
			IdentityAgent none
			PreferredAuthentications publickey
			# A quarter of the time that the default takes.
			KexAlgorithms curve25519-sha256
			ProxyCommand /usr/sbin/sshd -i -f /bed/conf/%n -E /bed/log/%n
	END
}

passwd_and_group
settings
pam_service
ssh_files
