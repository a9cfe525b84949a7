"""Calendar text: reading, counting and patching iCalendar objects. Pure functions, no database."""
