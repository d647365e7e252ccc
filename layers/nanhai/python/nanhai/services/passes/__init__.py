"""The pass of a holder: apply, show, tokens, paper, declare, explain, history; and the policies behind the colours."""
