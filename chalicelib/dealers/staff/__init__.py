"""The dealer's side of its staff: who is invited and who has joined. What they may do comes from their membership."""
