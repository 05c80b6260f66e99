// Empty until the room is furnished.
