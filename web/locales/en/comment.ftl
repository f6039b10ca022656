n-comments = { $n ->
    [0] No comments
    [one] 1 comment
   *[other] { $shown } comments
}
stance-none = No stance
stance-for = In favour
stance-against = Against
stance-neutral = Neutral
field-stance = Your stance
field-comment = Your comment
hint-comment = Write with respect: the rules are the same for all.
publish-comment = Publish the comment
sign-in-to-comment = Sign in to comment
no-comments = Nobody has commented yet.
more-comments = More comments
whole-thread = Read the whole thread
thread = Thread
your-reply = Your reply
reply = Reply
link-to-comment = Open
comments-newest = Newest
comments-oldest = Oldest
comments-most-supported = Most supported
no-author = No author
edited-at = Edited: { $text }
comment-removed = Comment removed by its author.
comment-hidden = Comment hidden by a moderator.
edit-comment = Edit the comment
earlier-wordings = Earlier wordings
done-comment = Your comment is published.
done-edited = The comment is edited.
done-removed = The comment is removed.
