"""vCards: read, written anew, and patched so that what nobody asked for stays as it was sent."""
