/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-load"

#include "config.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Both ends of what the gate is measured with, each a loop that copies bytes, so that neither is what is measured:
 *
 *   gate-load serve FILE              a server whose every answer is FILE; prints its port, lives until its input ends
 *   gate-load fire PORT N FILE        sends the requests in FILE, over N connections at once, and prints what came back:
 *                                     how many answers of which status, in how many seconds, and the median and 95th
 *                                     percentile of the time that one took, in microseconds
 *
 * A file of requests has each behind its length in ten digits.
 */

#define BUFFER 65536

typedef struct
{
  int    fd;
  char   data[BUFFER];
  gsize  length;
  gint64 begun;
} Peer;

static int
watch (int   epoll,
       Peer *peer)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };
  int one = 1;

  setsockopt (peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return epoll_ctl (epoll, EPOLL_CTL_ADD, peer->fd, &event);
}

static void
send_all (int         fd,
          const char *data,
          gsize       length)
{
  while (length > 0)
    {
      ssize_t sent = send (fd, data, length, MSG_NOSIGNAL);

      if (sent <= 0)
        return;
      data += sent;
      length -= (gsize) sent;
    }
}

/* The length of the message that stands first in the buffer, 0 while it is not whole. */
static gsize
message_length (const Peer *peer)
{
  const char *end = memmem (peer->data, peer->length, "\r\n\r\n", 4);
  const char *field;
  gsize whole;

  if (end == NULL)
    return 0;
  whole = (gsize) (end - peer->data) + 4;
  field = g_strstr_len (peer->data, end - peer->data, "\r\nContent-Length:");
  if (field == NULL)
    field = g_strstr_len (peer->data, end - peer->data, "\r\ncontent-length:");
  if (field != NULL)
    whole += (gsize) atol (field + strlen ("\r\nContent-Length:"));
  return peer->length >= whole ? whole : 0;
}

/* Whether the other side is still there. */
static gboolean
receive (Peer *peer)
{
  ssize_t received = recv (peer->fd, peer->data + peer->length, sizeof peer->data - peer->length, 0);

  if (received <= 0)
    return FALSE;
  peer->length += (gsize) received;
  return TRUE;
}

static void
drop_message (Peer  *peer,
              gsize  length)
{
  peer->length -= length;
  memmove (peer->data, peer->data + length, peer->length);
}

static void
answer (Peer       *peer,
        const char *text,
        gsize       size)
{
  gsize length;

  if (!receive (peer))
    {
      close (peer->fd);
      g_free (peer);
      return;
    }
  while ((length = message_length (peer)) > 0)
    {
      drop_message (peer, length);
      send_all (peer->fd, text, size);
    }
}

static int
serve (const char *path)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM, 0);
  int epoll = epoll_create1 (0);
  Peer input = { .fd = STDIN_FILENO };
  Peer door = { .fd = listener };
  char *text;
  gsize text_size;

  if (!g_file_get_contents (path, &text, &text_size, NULL)
      || bind (listener, (struct sockaddr *) &address, size) != 0
      || listen (listener, 4096) != 0
      || getsockname (listener, (struct sockaddr *) &address, &size) != 0
      || watch (epoll, &door) != 0
      || watch (epoll, &input) != 0)
    return 1;
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);

  for (;;)
    {
      struct epoll_event events[64];
      int n = epoll_wait (epoll, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n; i++)
        {
          Peer *peer = events[i].data.ptr;

          if (peer == &input)
            return 0;
          if (peer == &door)
            {
              Peer *guest = g_new0 (Peer, 1);

              guest->fd = accept (listener, NULL, NULL);
              watch (epoll, guest);
            }
          else
            answer (peer, text, text_size);
        }
    }
}

/* Takes the next request from the file; whether there was one. */
static gboolean
next_request (Peer  *peer,
              char **place,
              char  *end)
{
  char digits[11] = { 0 };
  gsize size;

  if (*place + 10 > end)
    return FALSE;
  memcpy (digits, *place, 10);
  size = (gsize) g_ascii_strtoull (digits, NULL, 10);
  peer->begun = g_get_monotonic_time ();
  send_all (peer->fd, *place + 10, size);
  *place += 10 + size;
  return TRUE;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
report (GArray *times,
        guint  *statuses,
        double  seconds)
{
  g_array_sort (times, compare);
  printf ("{\"seconds\": %.4f, \"median\": %" G_GINT64_FORMAT ", \"p95\": %" G_GINT64_FORMAT ", \"statuses\": {",
          seconds, g_array_index (times, gint64, times->len / 2), g_array_index (times, gint64, times->len * 95 / 100));
  for (guint status = 100, more = 0; status < 600; status++)
    if (statuses[status] > 0)
      printf ("%s\"%u\": %u", more++ ? ", " : "", status, statuses[status]);
  printf ("}}\n");
}

static int
connect_to (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  return connect (fd, (struct sockaddr *) &address, sizeof address) == 0 ? fd : -1;
}

static int
fire (guint16     port,
      guint       n_peers,
      const char *path)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint statuses[600] = { 0 };
  int epoll = epoll_create1 (0);
  guint open = 0;
  gint64 begun;
  char *text;
  char *place;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, NULL))
    return 1;
  place = text;
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < n_peers; i++)
    {
      Peer *peer = g_new0 (Peer, 1);

      peer->fd = connect_to (port);
      if (peer->fd < 0 || watch (epoll, peer) != 0)
        return 1;
      open += next_request (peer, &place, text + size);
    }

  while (open > 0)
    {
      struct epoll_event events[64];
      int n = epoll_wait (epoll, events, G_N_ELEMENTS (events), 60000);

      if (n <= 0)
        return 1;
      for (int i = 0; i < n; i++)
        {
          Peer *peer = events[i].data.ptr;
          gint64 taken;
          gsize length;

          if (!receive (peer))
            return 1;
          length = message_length (peer);
          if (length == 0)
            continue;
          taken = g_get_monotonic_time () - peer->begun;
          g_array_append_val (times, taken);
          statuses[CLAMP (atoi (peer->data + strlen ("HTTP/1.1 ")), 100, 599)]++;
          drop_message (peer, length);
          if (!next_request (peer, &place, text + size))
            open--;
        }
    }
  report (times, statuses, (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC);
  return 0;
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 3 && strcmp (argv[1], "serve") == 0)
    return serve (argv[2]);
  if (argc == 5 && strcmp (argv[1], "fire") == 0)
    return fire ((guint16) atoi (argv[2]), (guint) atoi (argv[3]), argv[4]);
  fprintf (stderr, "gate-load serve FILE | fire PORT CONNECTIONS FILE\n");
  return 2;
}
