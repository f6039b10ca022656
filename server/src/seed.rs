//! stub
pub async fn seed(_c: &civic::City, _p: &mut (dyn FnMut(u64) + Send)) -> civic::error::Result<bool> {
    Ok(false)
}
pub async fn links(_c: &civic::City) -> civic::error::Result<Vec<(String, String)>> {
    Ok(vec![])
}
