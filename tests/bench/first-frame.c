/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-frame"

#include "config.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/Xdamage.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts a program and says how long it took until its first frame was on the screen, in milliseconds; then ends it.
 *
 * The X server itself is the witness: it reports damage of each new window as soon as something is drawn into it. The
 * frame counts when the picture in the window has more than one colour, so neither mapping an empty window nor clearing
 * it is taken for a frame. Nothing is asked of the program, which is why any two can be compared. */

#define SMALLEST 200 /* pixels: tooltips and helper windows are not what is waited for */
#define STEP 4       /* every so many pixels are looked at: text and icons are larger */

static Display *display;
static int      damage_event;

static int
on_x_error (Display     *unused,
            XErrorEvent *event)
{
  return 0; /* a window that is gone before it could be looked at */
}

static void
watch_window (Window window)
{
  XWindowAttributes attributes;

  if (XGetWindowAttributes (display, window, &attributes) && attributes.class == InputOutput
      && attributes.width >= SMALLEST && attributes.height >= SMALLEST)
    XDamageCreate (display, window, XDamageReportRawRectangles);
}

static gboolean
has_picture (Window window)
{
  XWindowAttributes attributes;
  XImage *image;
  gboolean found = FALSE;

  if (!XGetWindowAttributes (display, window, &attributes) || attributes.map_state != IsViewable)
    return FALSE;
  image = XGetImage (display, window, 0, 0, attributes.width, attributes.height, AllPlanes, ZPixmap);
  if (image == NULL)
    return FALSE;

  for (int y = 0; y < image->height && !found; y += STEP)
    for (int x = 0; x < image->width && !found; x += STEP)
      found = XGetPixel (image, x, y) != XGetPixel (image, image->width / 2, image->height / 4);
  XDestroyImage (image);
  return found;
}

/* Returns when the frame came, not when it had been looked at. */
static gint64
wait_for_frame (void)
{
  XEvent event;

  while (TRUE)
    {
      gint64 now;

      XNextEvent (display, &event);
      now = g_get_monotonic_time ();
      if (event.type == MapNotify)
        watch_window (event.xmap.window);
      else if (event.type == damage_event && has_picture (((XDamageNotifyEvent *) &event)->drawable))
        return now;
    }
}

static pid_t
start (char **argv)
{
  pid_t child = fork ();

  if (child == 0)
    {
      setpgid (0, 0);
      execvp (argv[0], argv);
      perror (argv[0]);
      _exit (127);
    }
  return child;
}

static void
on_child_ended (int number)
{
  static const char text[] = "The program ended before it had shown anything\n";

  if (write (STDERR_FILENO, text, sizeof text - 1) < 0)
    _exit (2);
  _exit (1);
}

int
main (int    argc,
      char **argv)
{
  int error_base;
  gint64 begun;
  gint64 ended;
  pid_t child;

  display = XOpenDisplay (NULL);
  if (argc < 2 || display == NULL || !XDamageQueryExtension (display, &damage_event, &error_base))
    {
      fputs ("usage: first-frame PROGRAM [ARGUMENT...], on an X display with the DAMAGE extension\n", stderr);
      return 2;
    }
  damage_event += XDamageNotify;
  XSetErrorHandler (on_x_error);
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);
  alarm (60);
  signal (SIGCHLD, on_child_ended);

  begun = g_get_monotonic_time ();
  child = start (argv + 1);
  ended = wait_for_frame ();

  signal (SIGCHLD, SIG_DFL);
  printf ("%.2f\n", (double) (ended - begun) / 1000);
  kill (-child, SIGTERM);
  waitpid (child, NULL, 0);
  return 0;
}
