"""Evaluates our own IAM role policies on the client's side: the emulators of AWS know no `dynamodb:LeadingKeys`.

`guard` intercepts each call, `calls` says what it asks of IAM, `policy` decides by the documents that deploy.
"""
